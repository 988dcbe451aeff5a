// SPDX-License-Identifier: Apache-2.0
import Credentials
import Gateway
import SafeFiles
import Synchronization

/// The lock and the note by which others know of a running gateway, kept in place: a backup that is restored over them, or
/// somebody who clears up, would hide it, and a second one could start on the same files.
final class KeptPlace: Sendable {
    private struct State {
        var lock: HeldLock
        /// Nil before it listens, and while it stops.
        var port: Int?
        /// As we wrote it.
        var note: FileStatus?
    }

    private let announcement: Announcement
    private let log: RequestLog
    private let state: Mutex<State>

    init(_ lock: HeldLock, _ announcement: Announcement, log: RequestLog) {
        self.announcement = announcement
        self.log = log
        state = Mutex(State(lock: lock))
    }

    func listens(on port: Int, terminal: Terminal) {
        announcement.make(port: port, on: log, terminal: terminal)
        state.withLock {
            $0.port = port
            $0.note = noted
        }
    }

    func stops(_ drain: Drain) {
        state.withLock { $0.port = nil }
        announcement.makeStopping(drain, on: log)
    }

    /// Puts back what is not in its place any more.
    ///
    /// - Returns: what a person must do about it; nil when all is well.
    func look() -> String? {
        state.withLock { state in
            var isRetaken = false
            do throws(StoreError) {
                isRetaken = try announcement.state.retake(&state.lock, RunningGateway.lockName)
            } catch {
                guard case .busy(let path, let holder, _) = error else { return nil }
                let other = holder.map { "process \($0)" } ?? "another process"
                return "A second gateway runs on this state directory: the lock \(path) was replaced, and \(other) has "
                    + "it now. End one of the two."
            }
            if isRetaken {
                log.event("lock_retaken", [("path", .text(announcement.state.path(of: RunningGateway.lockName)))])
            }
            // One that is not there is missed by nobody whom the lock does not lead to it.
            guard let port = state.port, isRetaken || (noted != nil && noted != state.note) else { return nil }
            announcement.note(port: port, on: log)
            state.note = noted
            return nil
        }
    }

    private var noted: FileStatus? { FileStatus(of: announcement.state.path(of: RunningGateway.placeName)) }
}
