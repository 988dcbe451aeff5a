// SPDX-License-Identifier: Apache-2.0
package import Credentials
import NIOCore

/// What this start of the gateway takes from the commands of its own account, beside the clients' token: they read it in
/// the state directory, which nobody else can (docs/decisions/0011). It opens what commands ask for and no model.
package struct CommandToken: Sendable {
    private let token: ClientToken

    /// - Parameter token: nil when there is none; then nobody presents it.
    package init(_ token: Secret?) { self.token = ClientToken(token) }

    static func covers(_ route: Route) -> Bool {
        guard case .control(let path, _) = route else { return false }
        return path.hasPrefix("/api/v1/") || path == "/healthz"
    }

    /// - Parameters:
    ///   - remote: the peer's address, and
    ///   - local: the address it has reached, both numeric.
    func admits(_ fields: HeadFields, to route: Route, from remote: String?, at local: String?) -> Bool {
        Self.covers(route) && Self.isOfThisMachine(remote, local) && token.isShown(in: fields)
    }

    /// Both ends have one address, or the peer is in the network that never leaves the machine.
    static func isOfThisMachine(_ remote: String?, _ local: String?) -> Bool {
        guard let remote, let local else { return false }
        return remote == local || remote.hasPrefix("127.") || remote.hasPrefix("::ffff:127.")
    }
}

extension FrontDoor {
    /// Whether the request is from a command of our own account.
    func isCommand(_ fields: HeadFields, to route: Route) -> Bool {
        guard CommandToken.covers(route), let channel = context?.channel else { return false }
        return runtime.commandToken.admits(
            fields, to: route, from: channel.remoteAddress?.ipAddress, at: channel.localAddress?.ipAddress)
    }
}
