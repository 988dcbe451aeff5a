// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import SafeFiles

/// `<state>/.env`: variables for the daemon that need not stand in its process environment.
package struct EnvironmentFile: Sendable {
    private let layout: StateLayout

    package init(_ layout: StateLayout) { self.layout = layout }

    /// An open mode is tightened and reported, not refused: see the notices.
    ///
    /// - Returns: an empty one when there is no file.
    package func load() throws(StoreError) -> (file: DotEnv, notices: [StorageNotice]) {
        guard let directory = try SafeDirectory(existing: layout.state) else { return (DotEnv(), []) }
        let bytes = try directory.read(".env", limitInBytes: 1 << 20)
        return (DotEnv(bytes ?? []), directory.takeNotices())
    }
}
