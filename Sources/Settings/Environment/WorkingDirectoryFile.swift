// SPDX-License-Identifier: Apache-2.0
import Credentials
import SafeFiles

#if canImport(Glibc)
    import Glibc
#endif

/// The `.env` of the directory a program was started in. Whoever wrote it is not known, so it is looked at with care
/// and left as it is.
package struct WorkingDirectoryFile: Sendable {
    private let directory: String
    package var path: String { "\(directory == "/" ? "" : directory)/.env" }

    /// - Returns: nil in the state directory, whose `.env` is another layer.
    package init?(directory: String, state: String) {
        if directory == state || Self.isSame(directory, state) { return nil }
        self.directory = directory
    }

    /// The directory this process runs in; nil when it is gone.
    package static var processDirectory: String? {
        guard let text = getcwd(nil, 0) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }

    /// - Returns: what it sets, and a sentence about what could not be read. Neither is there when there is no file.
    package func load() -> (file: DotEnv, problems: [String]) {
        do throws(StoreError) {
            guard let folder = try SafeDirectory(existing: directory, kind: .visited),
                let bytes = try folder.read(".env", limitInBytes: EnvironmentFile.limitInBytes)
            else { return (DotEnv(), []) }
            let file = DotEnv(bytes)
            return (file, file.problems.map { "\(path), line \($0.line): \($0.problem)" })
        } catch { return (DotEnv(), ["\(path) is not read. \(error.advice.why)"]) }
    }

    private static func isSame(_ a: String, _ b: String) -> Bool {
        var first = stat(), second = stat()
        return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev
            && first.st_ino == second.st_ino
    }
}
