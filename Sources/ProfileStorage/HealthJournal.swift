// SPDX-License-Identifier: Apache-2.0
package import Credentials
import Documents
package import Rotation
import SafeFiles
import Synchronization

/// `auth-health.jsonl`: what is remembered of every credential's use, and of every session's. Append-only, compacted when it has grown, not
/// synced: a crash loses the last lines at most, and never a credential, because none is in here.
package final class HealthJournal: Sendable {
    package static let name = "auth-health.jsonl"
    private static let lockName = "auth-health.lock"
    /// Older sessions are forgotten.
    package static let sessionsKept = 10_000
    /// A journal below this size is never compacted.
    private static let compactionBytes = 256 << 10

    private let folder: String
    /// For the one who keeps it open for long: the folder that it is to be in.
    private let state: String?
    /// The folder has been there. Whoever moved it away since brings it back, and would find another one in its place.
    private let hasFolder = Mutex(false)
    /// What the journal measured when it was last compacted: a journal of many credentials is long by right.
    private let compactedBytes = Mutex(0)

    /// - Parameters:
    ///   - folder: of the agent `main`; the journal stands for all agents. The first write makes it.
    ///   - state: without this folder nothing is made; nil for whoever is there for a moment only.
    package init(folder: String, within state: String? = nil) {
        self.folder = folder
        self.state = state
    }

    package var path: String { "\(folder)/\(Self.name)" }

    /// The last known health of every credential. Lines that cannot be read are passed over.
    package func load() throws(StoreError) -> [HealthKey: Health] { try replay().health }

    /// The credential that each session was served with last, the newest sessions first, at most as many as are kept.
    package func loadSessions() throws(StoreError) -> [StickySession] { try replay().newestSessions }

    /// All at once.
    package func loadAll(withSessions: Bool = true) throws(StoreError) -> (
        health: [HealthKey: Health], sessions: [StickySession], flaws: JournalFlaws
    ) {
        let replay = try replay()
        return (replay.health, withSessions ? replay.newestSessions : [], replay.flaws)
    }

    private func replay() throws(StoreError) -> Replay {
        guard let directory = try SafeDirectory(existing: folder) else { return Replay([]) }
        hasFolder.withLock { $0 = true }
        return Replay(try directory.read(Self.name) ?? [])
    }

    /// Adds lines, one for each credential that changed and one for each session that came to another credential.
    package func append(
        _ changes: [(key: HealthKey, health: Health)], sessions: [StickySession] = []
    ) throws(StoreError) {
        guard !changes.isEmpty || !sessions.isEmpty else { return }
        let directory = try directory()
        let lines = Self.bytes(changes.map { HealthLine($0.key, $0.health) }, sessions.map { SessionLine($0) })
        try directory.withLock(Self.lockName, wait: .seconds(2)) { () throws(StoreError) in
            let size = try directory.append(lines, to: Self.name, startingLine: true)
            guard size > max(Self.compactionBytes, 2 * compactedBytes.withLock { $0 }) else { return }
            try compact(in: directory)
        }
    }

    private func directory() throws(StoreError) -> SafeDirectory {
        guard let state else { return try SafeDirectory(creating: folder) }
        let isToBeThere = hasFolder.withLock { $0 }
        if isToBeThere || FileStatus(of: state) == nil {
            guard let found = try SafeDirectory(existing: folder) else { throw gone }
            return found
        }
        let made = try SafeDirectory(creating: folder)
        hasFolder.withLock { $0 = true }
        return made
    }

    private var gone: StoreError {
        .refused(
            Advice(
                what: "\(folder) is gone.", why: "It was moved or deleted, and nothing is made in its place.",
                fix: "Move it back, or start the gateway anew: agenticflow-enterprise gateway run"))
    }

    /// Of each credential and each session the last line stays, and every line that another version may know. All of
    /// them to the byte and in their order: for a newer version it matters which of its lines come after ours.
    private func compact(in directory: SafeDirectory) throws(StoreError) {
        directory.removeLeftovers(beside: Self.name)
        let text = Replay(try directory.read(Self.name) ?? []).compacted
        try directory.atomicReplace(Self.name, with: text, durability: .relaxed)
        compactedBytes.withLock { $0 = text.count }
    }

    private static func bytes(_ health: [HealthLine], _ sessions: [SessionLine]) -> [UInt8] {
        Array((health.map(\.text) + sessions.map(\.text)).map { $0 + "\n" }.joined().utf8)
    }
}

/// The lines of a journal that mean nothing to this version.
package struct JournalFlaws: Hashable, Sendable {
    /// Those that another version may know; they are kept.
    package var unknown = 0
    /// No JSON: what a crash has cut, or something else altogether.
    package var unreadable = 0

    package init(unknown: Int = 0, unreadable: Int = 0) {
        self.unknown = unknown
        self.unreadable = unreadable
    }
}

/// What the lines of a journal come to.
private struct Replay {
    private struct Session: Hashable {
        var name: String
        var provider: ProviderID
    }

    private(set) var health: [HealthKey: Health] = [:]
    private(set) var flaws = JournalFlaws()
    private var sessions: [Session: StickySession] = [:]
    private var healthLines: [HealthKey: ArraySlice<UInt8>] = [:]
    private var sessionLines: [Session: ArraySlice<UInt8>] = [:]
    private var foreignLines: [ArraySlice<UInt8>] = []

    init(_ bytes: [UInt8]) {
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            if let entry = HealthLine(line) {
                health[entry.key] = entry.health
                healthLines[entry.key] = line
            } else if let entry = SessionLine(line)?.sticky {
                let session = Session(name: entry.session, provider: entry.provider)
                sessions[session] = entry
                sessionLines[session] = line
            } else {
                keep(line)
            }
        }
    }

    /// A whole object is a line of another version; the rest of one that was cut tells nobody anything.
    private mutating func keep(_ line: ArraySlice<UInt8>) {
        // Whatever cannot be read as JSON is counted.
        guard let root = try? Document(Array(line), as: .json).root, root.kind == .object else {
            if !line.allSatisfy({ $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: " ") }) { flaws.unreadable += 1 }
            return
        }
        flaws.unknown += 1
        foreignLines.append(line)
    }

    var newestSessions: [StickySession] {
        Array(
            sessions.values.sorted { ($1.since, $0.session) < ($0.since, $1.session) }.prefix(
                HealthJournal.sessionsKept))
    }

    var compacted: [UInt8] {
        let kept = newestSessions.compactMap { sessionLines[Session(name: $0.session, provider: $0.provider)] }
        let lines = (Array(healthLines.values) + kept + foreignLines).sorted { $0.startIndex < $1.startIndex }
        return lines.flatMap { $0 + [UInt8(ascii: "\n")] }
    }
}
