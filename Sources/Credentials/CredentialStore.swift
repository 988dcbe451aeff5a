// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
#if canImport(Glibc)
    import Glibc
#endif

/// Where profiles rest between runs. Every implementation passes `CredentialStoreContract`.
package protocol CredentialStore: Sendable {
    /// A copy of everything stored; later changes do not reach it.
    func load() throws(StoreError) -> ProfileBook

    /// Reads, changes and writes in one step, under the lock that CLI and daemon share.
    ///
    /// - Parameter change: may refuse by throwing; then nothing is written.
    /// - Returns: what `change` returned, once the change is durable.
    @discardableResult
    func update<R: Sendable>(_ change: @Sendable (inout ProfileBook) throws(StoreError) -> R) throws(StoreError) -> R
}

/// Why a store could not be read or changed. The file is as it was before, except after `unsynced`.
package enum StoreError: ActionableError, Equatable {
    /// The file is not what we write: not JSON, cut short, empty, or not an object.
    case malformed(path: String, problem: String)
    /// There is more in it than anything of ours has; nothing of it was read.
    case tooLong(path: String, limitInBytes: Int)
    /// The file's `version` is later than ours.
    case newerVersion(path: String, version: Int)
    /// The file, its folder or the lock cannot be used as it stands (owner, links, kind, permission).
    case unsafe(path: String, problem: String, fix: String? = nil)
    /// The operating system refused: `code` is errno.
    case io(path: String, operation: String, code: Int32)
    /// The change is in place, but the system could not promise that it survives a loss of power: `code` is errno.
    case unsynced(path: String, code: Int32)
    /// Another process kept the lock for longer than we wait.
    case busy(path: String, holder: Int32?, since: Date? = nil)
    /// The file is not there, and copies of it are: whoever began anew would lose what it said, and in time the copies.
    case lost(path: String, newestCopy: String)
    /// The change itself refused, for the reason given.
    case refused(Advice)

    package var exitCode: ExitStatus {
        switch self {
        case .malformed, .tooLong, .newerVersion: .badInput
        case .unsafe: .noPermission
        case .io(_, _, let code): code == EACCES || code == EPERM ? .noPermission : .io
        case .unsynced: .io
        case .busy: .unavailable
        case .lost: .configuration
        case .refused: .badInput
        }
    }

    package var advice: Advice {
        switch self {
        case .malformed(let path, let problem):
            Advice(
                what: "\(path) cannot be read as a credential store.", why: problem,
                fix: "Nothing was changed. Repair the file, or restore a copy of it, then run: "
                    + "agenticflow-enterprise models status; without one, store everything anew: "
                    + "\(ShellCommand.moveAway(path)). A gateway that runs keeps what it read last, until it is restarted"
            )
        case .tooLong(let path, let limit):
            Advice(
                what: "\(path) is too long to be read.",
                why: "It is longer than \(limit) bytes.",
                fix: ShellCommand.clear(path, "Look at it, then move it away"))
        case .newerVersion(let path, let version):
            Advice(
                what: "\(path) was written by a newer version of this program.",
                why: "It says version \(version); this program knows version 1.",
                fix:
                    "Nothing was changed. Update agenticflow-enterprise, then run: agenticflow-enterprise models status"
            )
        case .unsafe(let path, let problem, let fix):
            Advice(
                what: "\(path) is not safe to use.", why: problem,
                fix: fix ?? "Look at what is there: ls -ld \(path.shellWord)")
        case .io(let path, let operation, let code):
            Advice(
                what: "\(operation) failed for \(path).",
                why: "The system says: \(Self.text(of: code)). The stored file is unchanged.",
                fix: Self.fix(for: code, at: path))
        case .unsynced(let path, let code):
            Advice(
                what: "\(path) was changed, but the change may not survive a loss of power.",
                why: "Syncing its folder failed: \(Self.text(of: code)).",
                fix: "Look at the disk (dmesg, df), then repeat the command.")
        case .busy(let path, let holder, let since):
            Advice(
                what: "\(path) is in use.", why: Self.text(holder, since),
                fix: "Wait for that process to finish, then repeat the command.")
        case .lost(let path, let copy):
            Advice(
                what: "\(path) is not there, and copies of it are.",
                why: "It was deleted or moved. A new one would lack all that it said, the clients' token too, and push "
                    + "the copies out in time.",
                fix: "Nothing was changed. Put the newest copy back, which lacks the last change: cp -p "
                    + "\(copy.shellWord) \(path.shellWord); or to begin anew on purpose, set the copies aside: "
                    + ShellCommand.setCopiesAside(of: path))
        case .refused(let advice): advice
        }
    }

    package static func text(of code: Int32) -> String { "\(String(cString: strerror(code))) (errno \(code))" }

    private static func text(_ holder: Int32?, _ since: Date?) -> String {
        guard let holder else { return "Another process holds its lock." }
        let time = since.map { " since \($0.formatted(.iso8601))" } ?? ""
        return "Process \(holder) holds its lock\(time)."
    }
}

/// Wall-clock time, for instants kept on disk. To wait, take `any Clock<Duration>`: wall clocks jump.
package typealias WallClock = @Sendable () -> Date
