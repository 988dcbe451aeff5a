// SPDX-License-Identifier: Apache-2.0
import SafeFiles

/// Whether the state directory is the one that was there at first: it may have been moved, or its disk may be gone.
struct StatePresence: Sendable {
    private let path: String
    private var first: UInt64?
    private var now: UInt64?

    init(of path: String) { self.path = path }

    mutating func look() {
        now = FileStatus(of: path)?.inode
        first = first ?? now
    }

    /// It was there before.
    var isGone: Bool { first != nil && now == nil }
    /// Something else has its name.
    var isAnother: Bool { first != nil && now != nil && now != first }

    /// Whether a path is not there because all of it is not.
    func explains(_ path: String) -> Bool { isGone && path.hasPrefix("\(self.path)/") }
}
