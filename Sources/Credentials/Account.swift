// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#endif

/// The accounts of this machine, as the system's list of users names them.
package enum Account {
    /// The home directory of the one this process runs under; for when `HOME` is not set.
    package static var home: String? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var space = [CChar](repeating: 0, count: 4096)
        guard getpwuid_r(geteuid(), &entry, &space, space.count, &found) == 0, found != nil, let path = entry.pw_dir
        else {
            return nil
        }
        return String(cString: path)
    }

    /// - Returns: nil for a number that no account has.
    package static func name(of user: UInt32) -> String? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var space = [CChar](repeating: 0, count: 4096)
        guard getpwuid_r(user, &entry, &space, space.count, &found) == 0, found != nil, let name = entry.pw_name
        else { return nil }
        return String(cString: name)
    }
}
