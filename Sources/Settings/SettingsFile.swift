// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import Documents
package import SafeFiles

/// The configuration on disk. Read as a whole; changed one key at a time, every other byte untouched.
package struct SettingsFile: Sendable {
    package let path: String
    private let kind: SafeDirectory.Kind
    private let includeRoots: [String]
    private static let limitInBytes = 16 << 20
    private static let backups = 5

    package init(_ layout: StateLayout) {
        path = layout.configPath
        includeRoots = layout.includeRoots
        kind = Self.split(layout.configPath).folder == layout.state ? .own : .shared
    }

    /// The document as it was written, without what it includes.
    ///
    /// - Returns: nil when there is no file.
    package func load() throws(SettingsFileError) -> Document? { try read().document }

    /// - Returns: no document when there is no file; and what was too open and has been closed.
    package func read() throws(SettingsFileError) -> (document: Document?, notices: [StorageNotice]) {
        let (folder, name) = Self.split(path)
        do throws(StoreError) {
            guard let directory = try SafeDirectory(existing: folder, kind: kind) else { return (nil, []) }
            let bytes = try directory.read(name, limitInBytes: Self.limitInBytes)
            guard let bytes else {
                try refuseWhenLost(directory)
                return (nil, directory.takeNotices())
            }
            return (try parse(bytes), directory.takeNotices())
        } catch { throw failure(error) }
    }

    private func failure(_ cause: StoreError) -> SettingsFileError {
        if case .malformed = cause { return SettingsFileError(path: path, cause, backup: readableBackup) }
        return SettingsFileError(path: path, cause)
    }

    /// The newest of the copies before that is a configuration; nil when none is.
    package var readableBackup: String? {
        let (folder, name) = Self.split(path)
        // A copy that cannot be had is no copy to go back to.
        return (try? SafeDirectory(existing: folder, kind: kind)).flatMap { readableBackup(of: name, in: $0) }
    }

    private func readableBackup(of name: String, in directory: SafeDirectory) -> String? {
        let names = ["\(name).bak"] + (1..<Self.backups).map { "\(name).bak.\($0)" }
        let readable = names.first { name in
            // The same: the next one may do.
            guard let bytes = try? directory.read(name, limitInBytes: Self.limitInBytes) else { return false }
            return (try? parse(bytes)) != nil
        }
        return readable.map(directory.path(of:))
    }

    /// Without this file, and with copies of it, somebody has taken it away: to begin anew is for them to say.
    private func refuseWhenLost(_ directory: SafeDirectory) throws(StoreError) {
        guard let copy = readableBackup(of: Self.split(path).name, in: directory) else { return }
        throw .lost(path: path, newestCopy: copy)
    }

    /// The configuration with what it includes. What cannot be read is told in the result, with the files that would
    /// have to change.
    package func resolved() -> ResolvedSettings {
        do throws(SettingsFileError) {
            let found = try read()
            guard let document = found.document else { return ResolvedSettings(notices: found.notices) }
            var resolved = resolve(document)
            resolved.notices = found.notices + resolved.notices
            return resolved
        } catch { return ResolvedSettings(failure: error) }
    }

    /// What a document would say in the place of this file.
    package func resolve(_ document: Document) -> ResolvedSettings {
        guard IncludeReader.isNeeded(document) else { return ResolvedSettings(document: document, authored: document) }
        var reader = IncludeReader(configuration: path, roots: includeRoots)
        var resolved = ResolvedSettings(authored: document)
        do throws(SettingsFileError) { resolved.document = try reader.resolve(document, at: path) } catch {
            resolved.failure = error
        }
        resolved.origins = reader.origins
        resolved.files = reader.files
        resolved.included = reader.read
        resolved.notices = reader.notices
        return resolved
    }

    /// Reads, changes and writes under a lock. The file before is kept as `.bak`, older ones as `.bak.1` to `.bak.4`.
    ///
    /// - Parameter copiesFirstToken: as for ``revise(mayShrink:copiesFirstToken:_:review:)``.
    /// - Returns: what `change` returned. Nothing is written when it changes nothing or refuses.
    @discardableResult
    package func edit<R>(
        copiesFirstToken: Bool = false, _ change: (inout Document) throws(DocumentError) -> R
    ) throws(SettingsFileError) -> R {
        // What a command works out by itself may be much: the guard is for what people type.
        try revise(mayShrink: true, copiesFirstToken: copiesFirstToken, change) { _, _ in }
    }

    /// As ``edit(_:)``, with a last look at the outcome.
    ///
    /// - Parameters:
    ///   - mayShrink: the change may take away more than half of the file.
    ///   - copiesFirstToken: if the file has a client token now and had none before, `.bak` is as it is now, and the one
    ///     before is `.bak.1`: whoever goes back to the newest copy must not lose what clients were given.
    ///   - review: is given the document before and after; nothing is written when it throws.
    @discardableResult
    package func revise<R>(
        mayShrink: Bool, copiesFirstToken: Bool = false, _ change: (inout Document) throws(DocumentError) -> R,
        review: (_ before: Document, _ after: Document) throws(StoreError) -> Void
    ) throws(SettingsFileError) -> R {
        let (folder, name) = Self.split(path)
        do throws(StoreError) {
            let directory = try SafeDirectory(creating: folder, kind: kind)
            return try directory.withLock("\(name).lock", wait: .seconds(10)) { () throws(StoreError) in
                for name in [name, "\(name).bak", "\(name).bak.new"] { directory.removeLeftovers(beside: name) }
                let before = try directory.read(name, limitInBytes: Self.limitInBytes)
                if before == nil { try refuseWhenLost(directory) }
                let old = try before.map { bytes throws(StoreError) in try parse(bytes) }
                let start = old ?? Document(emptyObjectAs: .json5)
                var document = start
                let result: R
                do throws(DocumentError) { result = try change(&document) } catch {
                    throw .malformed(path: path, problem: error.description)
                }
                // Nor is a file made that says nothing.
                guard document.bytes != before ?? start.bytes else { return result }
                try review(start, document)
                if let old {
                    try check(document, against: old, mayShrink: mayShrink)
                    try keep(old.bytes, in: directory, name)
                    if copiesFirstToken, !Self.hasToken(old), Self.hasToken(document) {
                        try keep(document.bytes, in: directory, name)
                    }
                }
                try directory.atomicReplace(name, with: document.bytes)
                return result
            }
        } catch { throw failure(error) }
    }

    /// As ``revise(mayShrink:_:review:)``, without writing anything.
    ///
    /// - Returns: the document before and after.
    package func rehearse(
        mayShrink: Bool, _ change: (inout Document) throws(DocumentError) -> Void,
        review: (_ before: Document, _ after: Document) throws(StoreError) -> Void
    ) throws(SettingsFileError) -> (before: Document, after: Document) {
        let before = try load() ?? Document(emptyObjectAs: .json5)
        var after = before
        do throws(StoreError) {
            do throws(DocumentError) { try change(&after) } catch {
                throw .malformed(path: path, problem: error.description)
            }
            if after.bytes != before.bytes {
                try review(before, after)
                try check(after, against: before, mayShrink: mayShrink)
            }
        } catch { throw failure(error) }
        return (before, after)
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
    private func check(_ document: Document, against before: Document, mayShrink: Bool) throws(StoreError) {
        let counts = (before.bytes.count, document.bytes.count)
        if !mayShrink, counts.0 > 512, counts.1 * 2 < counts.0 {
            throw refusal(
                "It would take away more than half of the file (\(counts.0) bytes to \(counts.1)).",
                fix: "If that is meant, run it again with --allow-loss; else edit the file by hand: "
                    + "\"$(agenticflow-enterprise config path)\"")
        }
        let auth = ["gateway", "auth"]
        if before.element(at: auth)?.kind == .object, document.element(at: auth)?.kind != .object {
            throw refusal("It would take away gateway.auth, and with it the token that clients present.")
        }
        if !mayShrink, Self.hasToken(before), !Self.hasToken(document), !Self.hasToken(resolve(document).document) {
            throw refusal(
                "It would take away gateway.auth.token, which clients present: all of them would be refused.",
                fix: "If that is meant, run it again with --allow-loss; else give the new one: "
                    + "agenticflow-enterprise config set gateway.auth.token --stdin")
        }
    }

    private static func hasToken(_ document: Document?) -> Bool {
        document?.element(at: ["gateway", "auth", "token"])?.string?.trimmed.isEmpty == false
    }

    private func refusal(_ why: String, fix: String? = nil) -> StoreError {
        .refused(
            Advice(
                what: "The change of \(path) was not made.", why: why,
                fix: fix ?? "Edit the file by hand, then run: agenticflow-enterprise config validate"))
    }

    /// Nothing is moved before the newest copy is whole beside the others: a full disk, however often it is tried, takes
    /// no older copy away.
    private func keep(_ bytes: [UInt8], in directory: SafeDirectory, _ name: String) throws(StoreError) {
        // What cannot be read is no copy of ours; it is moved on like one.
        if let newest = try? directory.read("\(name).bak", limitInBytes: Self.limitInBytes), newest == bytes { return }
        try directory.atomicReplace("\(name).bak.new", with: bytes, durability: .relaxed)
        for number in stride(from: Self.backups - 1, through: 1, by: -1) {
            let older = number == 1 ? "\(name).bak" : "\(name).bak.\(number - 1)"
            try directory.rename(older, to: "\(name).bak.\(number)")
        }
        try directory.rename("\(name).bak.new", to: "\(name).bak")
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
    /// From the configuration to the file; empty for the configuration itself.
    package let chain: [String]
    /// The newest copy of the configuration that can be read, when this file cannot.
    let backup: String?

    init(path: String, _ cause: StoreError, chain: [String] = [], backup: String? = nil) {
        self.path = path
        self.cause = cause
        self.chain = chain
        self.backup = backup
    }

    package var exitCode: ExitStatus {
        switch cause {
        case .malformed, .tooLong: return .configuration
        default: return cause.exitCode
        }
    }

    package var advice: Advice {
        guard chain.isEmpty else { return adviceOnIncluded }
        guard case .malformed(_, let problem) = cause else { return cause.advice }
        return Advice(
            what: "\(path) cannot be read as a configuration.", why: problem,
            fix: "Nothing was changed. Correct that line"
                + (backup.map {
                    ", or go back to the copy from before the last command that changed it, without any edit since: cp \($0.shellWord) \(path.shellWord)"
                }
                    ?? ", then run: agenticflow-enterprise config validate"))
    }

    private var adviceOnIncluded: Advice {
        let route = chain.map(\.escapedForDisplay).joined(separator: " -> ")
        let why: String
        if case .malformed(_, let problem) = cause { why = problem } else { why = cause.advice.why }
        return Advice(
            what: "\(path.escapedForDisplay) cannot be included in the configuration.",
            why: "\(why) Included by way of: \(route)",
            fix: "Correct that file, or the $include that names it, then run: agenticflow-enterprise config validate")
    }
}
