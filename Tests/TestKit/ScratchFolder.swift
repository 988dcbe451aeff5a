// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
#if canImport(Glibc)
    import Glibc
#endif

/// A folder of one test, mode 0700, removed with the value. The files in it are written and looked at by plain system
/// calls, so that what is tested does not judge itself.
package final class ScratchFolder: Sendable {
    package let path: String

    /// - Parameter name: of the folder, inside another one that nobody else has; the folder itself is not made then.
    package init(missing name: String? = nil) {
        let parent = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        var template = Array("\(parent)/store-test-XXXXXX".utf8CString)
        let made = mkdtemp(&template) != nil
        precondition(made, "mkdtemp: errno \(errno)")
        base = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        path = name.map { [base] in "\(base)/\($0)" } ?? base
    }

    private let base: String

    deinit { try? FileManager.default.removeItem(atPath: base) }

    package func path(_ name: String) -> String { "\(path)/\(name)" }

    package func makeFolder(_ name: String, mode: UInt32 = 0o700) {
        let made = mkdir(path(name), 0o700) == 0 && chmod(path(name), mode) == 0
        precondition(made, "mkdir: errno \(errno)")
    }

    /// Writes a file with exactly this mode, in the place of one that is there.
    package func write(_ bytes: [UInt8], to name: String, mode: UInt32 = 0o600) {
        let descriptor = open(path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        precondition(descriptor >= 0, "open: errno \(errno)")
        defer { close(descriptor) }
        let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        precondition(written == bytes.count && fchmod(descriptor, mode) == 0, "write: errno \(errno)")
    }

    package func write(_ text: String, to name: String, mode: UInt32 = 0o600) {
        write(Array(text.utf8), to: name, mode: mode)
    }

    /// Nil when there is no such file.
    package func bytes(of name: String) -> [UInt8]? {
        FileManager.default.contents(atPath: path(name)).map { [UInt8]($0) }
    }

    package func text(of name: String) -> String? { bytes(of: name).map { String(decoding: $0, as: UTF8.self) } }

    /// Of a file or, without a name, of the folder; links are not followed. Nil when there is none.
    package func mode(of name: String? = nil) -> UInt32? {
        var status = stat()
        return lstat(name.map(path(_:)) ?? path, &status) == 0 ? status.st_mode & 0o7777 : nil
    }

    /// What is in the folder, sorted.
    package var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}
