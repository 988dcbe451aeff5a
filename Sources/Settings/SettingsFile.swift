// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import Documents
import SafeFiles

/// The configuration on disk. Read as a whole; changed one key at a time, every other byte untouched.
package struct SettingsFile: Sendable {
    package let path: String
    private let kind: SafeDirectory.Kind
    private static let limitInBytes = 16 << 20
    private static let backups = 5

    package init(_ layout: StateLayout) {
        path = layout.configPath
        kind = Self.split(layout.configPath).folder == layout.state ? .own : .shared
    }

    /// - Returns: nil when there is no file.
    package func load() throws(SettingsFileError) -> Document? {
        let (folder, name) = Self.split(path)
        do throws(StoreError) {
            guard let directory = try SafeDirectory(existing: folder, kind: kind),
                let bytes = try directory.read(name, limitInBytes: Self.limitInBytes)
            else { return nil }
            return try parse(bytes)
        } catch { throw SettingsFileError(path: path, error) }
    }

    /// Reads, changes and writes under a lock. The file before is kept as `.bak`, older ones as `.bak.1` to `.bak.4`.
    ///
    /// - Returns: what `change` returned. Nothing is written when it changes nothing or refuses.
    @discardableResult
    package func edit<R>(_ change: (inout Document) throws(DocumentError) -> R) throws(SettingsFileError) -> R {
        let (folder, name) = Self.split(path)
        do throws(StoreError) {
            let directory = try SafeDirectory(creating: folder, kind: kind)
            return try directory.withLock("\(name).lock", wait: .seconds(10)) { () throws(StoreError) in
                directory.removeLeftovers(beside: name)
                let before = try directory.read(name, limitInBytes: Self.limitInBytes)
                var document =
                    try before.map { bytes throws(StoreError) in try parse(bytes) }
                    ?? Document(emptyObjectAs: .json5)
                let result: R
                do throws(DocumentError) { result = try change(&document) } catch {
                    throw .malformed(path: path, problem: error.description)
                }
                guard document.bytes != before else { return result }
                if let before {
                    try check(document, against: before)
                    try keep(before, in: directory, name)
                }
                try directory.atomicReplace(name, with: document.bytes)
                return result
            }
        } catch { throw SettingsFileError(path: path, error) }
    }

    private func parse(_ bytes: [UInt8]) throws(StoreError) -> Document {
        do throws(DocumentError) { return try Document(bytes, as: .json5, maximumDepth: 64) } catch {
            throw .malformed(path: path, problem: error.description)
        }
    }

    /// A slip of ours, or of a command, must not empty somebody's configuration.
    private func check(_ document: Document, against before: [UInt8]) throws(StoreError) {
        guard before.count > 512, document.bytes.count * 2 < before.count else { return }
        throw .refused(
            Advice(
                what: "The change of \(path) was not made.",
                why:
                    "It would take away more than half of the file (\(before.count) bytes to \(document.bytes.count)).",
                fix: "Edit the file by hand, then run: agenticflow-enterprise models status"))
    }

    private func keep(_ bytes: [UInt8], in directory: SafeDirectory, _ name: String) throws(StoreError) {
        for number in stride(from: Self.backups - 1, through: 1, by: -1) {
            let older = number == 1 ? "\(name).bak" : "\(name).bak.\(number - 1)"
            try directory.rename(older, to: "\(name).bak.\(number)")
        }
        try directory.atomicReplace("\(name).bak", with: bytes, durability: .relaxed)
    }

    private static func split(_ path: String) -> (folder: String, name: String) {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let folder = String(path[..<slash])
        return (folder.isEmpty ? "/" : folder, String(path[slash...].dropFirst()))
    }
}

/// Why the configuration could not be read or changed. The file is as it was before.
package struct SettingsFileError: ActionableError, Equatable {
    package let path: String
    package let cause: StoreError

    init(path: String, _ cause: StoreError) {
        self.path = path
        self.cause = cause
    }

    package var exitCode: ExitStatus {
        if case .malformed = cause { return .configuration }
        return cause.exitCode
    }

    package var advice: Advice {
        guard case .malformed(_, let problem) = cause else { return cause.advice }
        return Advice(
            what: "\(path) cannot be read as a configuration.", why: problem,
            fix: "Nothing was changed. Correct that line, or go back to the copy before: cp '\(path).bak' '\(path)'")
    }
}
