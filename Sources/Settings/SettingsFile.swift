// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import Documents
package import SafeFiles

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
    package func load() throws(SettingsFileError) -> Document? { try read().document }

    /// - Returns: no document when there is no file; and what was too open and has been closed.
    package func read() throws(SettingsFileError) -> (document: Document?, notices: [StorageNotice]) {
        let (folder, name) = Self.split(path)
        do throws(StoreError) {
            guard let directory = try SafeDirectory(existing: folder, kind: kind) else { return (nil, []) }
            let bytes = try directory.read(name, limitInBytes: Self.limitInBytes)
            let document = try bytes.map { bytes throws(StoreError) in try parse(bytes) }
            return (document, directory.takeNotices())
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
                for name in [name, "\(name).bak"] { directory.removeLeftovers(beside: name) }
                let before = try directory.read(name, limitInBytes: Self.limitInBytes)
                let old = try before.map { bytes throws(StoreError) in try parse(bytes) }
                var document = old ?? Document(emptyObjectAs: .json5)
                let result: R
                do throws(DocumentError) { result = try change(&document) } catch {
                    throw .malformed(path: path, problem: error.description)
                }
                guard document.bytes != before else { return result }
                if let old {
                    try check(document, against: old)
                    try keep(old.bytes, in: directory, name)
                }
                try directory.atomicReplace(name, with: document.bytes)
                return result
            }
        } catch { throw SettingsFileError(path: path, error) }
    }

    private func parse(_ bytes: [UInt8]) throws(StoreError) -> Document {
        let document: Document
        do throws(DocumentError) { document = try Document(bytes, as: .json5, maximumDepth: 64) } catch {
            throw .malformed(path: path, problem: error.description)
        }
        // Read as one without any setting, it would take the clients' token away from a running gateway.
        guard document.root.kind == .object else { throw .malformed(path: path, problem: "It is not a JSON object.") }
        return document
    }

    /// A slip of ours, or of a command, must not empty somebody's configuration, nor open the gateway.
    private func check(_ document: Document, against before: Document) throws(StoreError) {
        let counts = (before.bytes.count, document.bytes.count)
        if counts.0 > 512, counts.1 * 2 < counts.0 {
            throw refusal("It would take away more than half of the file (\(counts.0) bytes to \(counts.1)).")
        }
        let auth = ["gateway", "auth"]
        if before.element(at: auth) != nil, document.element(at: auth) == nil {
            throw refusal("It would take away gateway.auth, and with it the token that clients present.")
        }
    }

    private func refusal(_ why: String) -> StoreError {
        .refused(
            Advice(
                what: "The change of \(path) was not made.", why: why,
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
