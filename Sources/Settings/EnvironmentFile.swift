// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import SafeFiles

/// `<state>/.env`: variables for the daemon that need not stand in its process environment.
package struct EnvironmentFile: Sendable {
    private let layout: StateLayout
    package static let name = ".env"
    package static let limitInBytes = 1 << 20
    /// Nobody keeps the lock for longer than a write takes.
    private static let patience = Duration.seconds(10)

    package init(_ layout: StateLayout) { self.layout = layout }

    /// An open mode is tightened and reported, not refused: see the notices.
    ///
    /// - Returns: an empty one when there is no file.
    package func load() throws(StoreError) -> (file: DotEnv, notices: [StorageNotice]) {
        guard let directory = try SafeDirectory(existing: layout.state) else { return (DotEnv(), []) }
        return (DotEnv(try bytes(in: directory) ?? []), directory.takeNotices())
    }

    /// Reads, changes and writes under a lock; what the change leaves alone keeps every byte. There is no copy of the
    /// file before: it would be a second place with secrets in it.
    ///
    /// - Parameter change: may refuse; then nothing is written, and neither when nothing is different.
    /// - Returns: what `change` returned, and what was too open and has been closed.
    package func edit<R>(
        _ change: (inout DotEnv) throws(StoreError) -> R
    ) throws(StoreError) -> (result: R, notices: [StorageNotice]) {
        let directory = try SafeDirectory(creating: layout.state)
        let result = try directory.withLock("\(Self.name).lock", wait: Self.patience) { () throws(StoreError) in
            directory.removeLeftovers(beside: Self.name)
            let before = try bytes(in: directory)
            var file = DotEnv(before ?? [])
            let result = try change(&file)
            guard file.bytes != before ?? [] else { return result }
            guard file.bytes.count <= Self.limitInBytes else { throw tooLong }
            try directory.atomicReplace(Self.name, with: file.bytes)
            return result
        }
        return (result, directory.takeNotices())
    }

    private func bytes(in directory: SafeDirectory) throws(StoreError) -> [UInt8]? {
        do throws(StoreError) { return try directory.read(Self.name, limitInBytes: Self.limitInBytes) } catch {
            guard case .tooLong = error else { throw error }
            throw tooLong
        }
    }

    private var tooLong: StoreError {
        .refused(
            Advice(
                what: "\(layout.dotEnvPath) is too long for a file of variables.",
                why: "It has, or would have, more than \(Self.limitInBytes) bytes.",
                fix: ShellCommand.clear(layout.dotEnvPath, "Nothing was changed. Look at it, then move it away")))
    }
}
