// SPDX-License-Identifier: Apache-2.0
import Credentials

extension CommandContext {
    /// A path as people write it: with `~` for the home directory.
    func shown(_ path: String) -> String {
        guard let home = home, home.count > 1,
            path == home || path.hasPrefix(home + "/")
        else { return path }
        return "~" + path.dropFirst(home.count)
    }
}
