// SPDX-License-Identifier: Apache-2.0
import Credentials
#if canImport(Glibc)
    import Glibc
#endif

/// Makes absolute paths of what people write. By text alone: links are not followed, nothing has to exist.
struct PathResolver: Hashable, Sendable {
    /// What `~` stands for; absolute.
    var home: String?
    /// What a relative path starts from; nil means the process' own, asked for when it is needed.
    var workingDirectory: String?

    /// - Parameters:
    ///   - text: absolute, relative, `~` or `~/…`.
    ///   - name: the variable or key it comes from, for the error.
    func resolve(_ text: String, for name: String, mustBeAbsolute: Bool = false) throws(StateLayoutError) -> String {
        guard !text.utf8.contains(0) else { throw .badPath(name: name, problem: "holds a NUL character") }
        if text == "~" || text.hasPrefix("~/") {
            guard let home else { throw .noHome }
            return Self.normal(home + text.dropFirst())
        }
        guard !text.hasPrefix("~") else {
            throw .badPath(name: name, problem: "names the home of another account; only ~/ is read")
        }
        if text.hasPrefix("/") { return Self.normal(text) }
        guard !mustBeAbsolute else { throw .badPath(name: name, problem: "is a relative path") }
        guard let start = workingDirectory ?? Self.ofProcess() else {
            throw .badPath(name: name, problem: "is a relative path, and the working directory is gone")
        }
        return Self.normal("\(start)/\(text)")
    }

    static func join(_ directory: String, _ name: String) -> String {
        directory == "/" ? "/\(name)" : "\(directory)/\(name)"
    }

    /// Without empty parts, `.` and `..`.
    private static func normal(_ path: String) -> String {
        var parts: [String] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(String(part)) }
        }
        return "/" + parts.joined(separator: "/")
    }

    private static func ofProcess() -> String? {
        guard let text = getcwd(nil, 0) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }
}
