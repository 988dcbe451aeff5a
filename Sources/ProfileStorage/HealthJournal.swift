// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import Rotation
import SafeFiles
import Synchronization

/// `auth-health.jsonl`: what is remembered of every credential's use. Append-only, compacted when it has grown, not
/// synced: a crash loses the last lines at most, and never a credential, because none is in here.
package final class HealthJournal: Sendable {
    package static let name = "auth-health.jsonl"
    private static let lockName = "auth-health.lock"
    /// A journal below this size is never compacted.
    private static let compactionBytes = 256 << 10

    private let folder: String
    /// What the journal measured when it was last compacted: a journal of many credentials is long by right.
    private let compactedBytes = Mutex(0)

    /// - Parameter folder: of the agent `main`; the journal stands for all agents.
    package init(folder: String) { self.folder = folder }

    package var path: String { "\(folder)/\(Self.name)" }

    /// The last known health of every credential. Lines that cannot be read are passed over.
    package func load() throws(StoreError) -> [HealthKey: Health] {
        guard let directory = try SafeDirectory(existing: folder), let bytes = try directory.read(Self.name) else {
            return [:]
        }
        return Self.replay(bytes)
    }

    /// Adds lines, one for each credential that changed.
    package func append(_ changes: [(key: HealthKey, health: Health)]) throws(StoreError) {
        guard !changes.isEmpty else { return }
        let directory = try SafeDirectory(creating: folder)
        let lines = Array(changes.map { HealthLine($0.key, $0.health).text + "\n" }.joined().utf8)
        try directory.withLock(Self.lockName, wait: .seconds(2)) { () throws(StoreError) in
            let size = try directory.append(lines, to: Self.name, startingLine: true)
            guard size > max(Self.compactionBytes, 2 * compactedBytes.withLock { $0 }) else { return }
            try compact(in: directory)
        }
    }

    private func compact(in directory: SafeDirectory) throws(StoreError) {
        directory.removeLeftovers(beside: Self.name)
        let live = Self.replay(try directory.read(Self.name) ?? []).sorted {
            ($0.key.id, $0.key.owner) < ($1.key.id, $1.key.owner)
        }
        let text = Array(live.map { HealthLine($0.key, $0.value).text + "\n" }.joined().utf8)
        try directory.atomicReplace(Self.name, with: text, durability: .relaxed)
        compactedBytes.withLock { $0 = text.count }
    }

    private static func replay(_ bytes: [UInt8]) -> [HealthKey: Health] {
        var health: [HealthKey: Health] = [:]
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            if let entry = HealthLine(line) { health[entry.key] = entry.health }
        }
        return health
    }
}
