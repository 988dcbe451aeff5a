// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import FoundationEssentials
import ProfileStorage
import SafeFiles
import Settings

/// One file or folder as it is and as it will be. What is shown is what is written: a file that is another one by the
/// time its turn comes is left alone.
struct PlannedChange: Sendable {
    enum Kind: Sendable {
        /// Its permissions only.
        case mode
        case configuration(StateLayout)
        case store(folder: String)
        /// Another file of ours; `lock` is whose writers are kept out.
        case other(lock: String?)
    }

    var kind: Kind
    var path: String
    /// Nil: it is not there.
    var before: [UInt8]?
    /// Nil: it will not be there.
    var after: [UInt8]?
    /// Nil: it is not there.
    var modeBefore: UInt32?
    var modeAfter: UInt32 = 0o600

    var isContent: Bool { if case .mode = kind { false } else { true } }

    /// The lock in the file's folder that its writers take.
    var lock: String? {
        switch kind {
        case .mode: nil
        case .configuration: "\(name).lock"
        case .store: "auth-profiles.lock"
        case .other(let lock): lock
        }
    }

    var name: String { Self.split(path).name }
    var folder: String { Self.split(path).folder }

    static func split(_ path: String) -> (folder: String, name: String) {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let folder = String(path[..<slash])
        return (folder.isEmpty ? "/" : folder, String(path[slash...].dropFirst()))
    }

    /// Makes the change, under the lock of the file.
    ///
    /// - Throws: ``RepairError/changedMeanwhile(_:)``, `StoreError`, `SettingsFileError`.
    func make() throws {
        switch kind {
        case .mode: try FileStatus.setMode(modeAfter, of: path)
        case .configuration(let layout): try changeConfiguration(layout)
        case .store(let folder):
            guard let after else { return }
            let document: Document
            do throws(DocumentError) { document = try Document(after, as: .json, maximumDepth: 64) } catch {
                throw StoreError.malformed(path: path, problem: error.description)
            }
            guard try AuthProfilesFile(folder: folder).replace(before, with: document) else {
                throw RepairError.changedMeanwhile(path)
            }
        case .other:
            // The writers of ours take their leftovers away themselves.
            try Self.replace(path, lock: lock, expecting: after == nil ? [before, nil] : [before], with: after)
        }
    }

    private func changeConfiguration(_ layout: StateLayout) throws {
        guard let after else { return }
        let expected = before ?? Document(emptyObjectAs: .json5).bytes
        // Whoever goes back to the newest copy must not lose what clients were given.
        let isMade = try SettingsFile(layout).edit(copiesFirstToken: true) { document throws(DocumentError) in
            guard document.bytes == expected else { return false }
            document = try Document(after, as: .json5, maximumDepth: 64)
            return true
        }
        guard isMade else { throw RepairError.changedMeanwhile(path) }
    }

    /// Puts a file's content in place, or takes the file away, when it holds one of the contents that are expected.
    ///
    /// - Throws: ``RepairError/changedMeanwhile(_:)`` when it holds something else.
    static func replace(_ path: String, lock: String?, expecting: [[UInt8]?]?, with bytes: [UInt8]?) throws {
        let (folder, name) = split(path)
        let directory = try SafeDirectory(creating: folder, kind: .shared)
        let change = { () throws(StoreError) -> Bool in
            let found = try directory.read(name)
            if let expecting, !expecting.contains(found) { return false }
            if let bytes {
                if found != bytes { try directory.atomicReplace(name, with: bytes) }
            } else {
                try directory.remove(name)
            }
            return true
        }
        let isMade = if let lock { try directory.withLock(lock, wait: .seconds(10), change) } else { try change() }
        guard isMade else { throw RepairError.changedMeanwhile(path) }
    }
}
