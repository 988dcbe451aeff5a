// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
import Synchronization

/// What the gateway says of itself: since when it runs, and what it could not read and therefore goes on without.
package final class GatewayStanding: Sendable {
    package let startedAt: Date
    package let version: String
    private let found = Mutex<[String]>([])
    private let unwritten = Mutex<String?>(nil)
    private let outside = Mutex<String?>(nil)
    private let variables = Mutex("null")

    package init(startedAt: Date, version: String) {
        self.startedAt = startedAt
        self.version = version
    }

    /// Sentences for `/healthz` and the status view.
    package var problems: [String] {
        found.withLock { $0 } + [unwritten.withLock { $0 }, outside.withLock { $0 }].compactMap(\.self)
    }

    /// Why what is learned of the credentials is not being written; nil once it is.
    func setUnwritten(_ problem: String?) { unwritten.withLock { $0 = problem } }

    /// What whoever started it says; nil when all is well.
    func setOutside(_ problem: String?) { outside.withLock { $0 = problem } }

    /// Which variables it has, and from where: JSON, without their values.
    var environment: String { variables.withLock { $0 } }
    func setEnvironment(_ json: String) { variables.withLock { $0 = json } }

    /// - Returns: the problems that were not known before.
    func replace(_ problems: [String]) -> [String] {
        found.withLock { known in
            defer { known = problems }
            return problems.filter { !known.contains($0) }
        }
    }
}
