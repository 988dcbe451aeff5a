// SPDX-License-Identifier: Apache-2.0
import Credentials
import Exchange
import NIOCore

/// What the configuration says, in the form requests need it. Made anew at each change and swapped as a whole, so
/// that a request sees one configuration from its head to its last byte.
package final class Deployment: Sendable {
    let limits: GatewayLimits
    let token: ClientToken
    let heads: HeadCheck
    let router: ModelRouter
    let defaultAgent: AgentID

    init(limits: GatewayLimits, token: ClientToken, heads: HeadCheck, router: ModelRouter, defaultAgent: AgentID) {
        self.limits = limits
        self.token = token
        self.heads = heads
        self.router = router
        self.defaultAgent = defaultAgent
    }
}

/// Every limit of the configuration, in the units of the event loops.
package struct GatewayLimits: Sendable {
    var exchange = ExchangeLimits()
    var head = TimeAmount.seconds(10)
    var drain = TimeAmount.seconds(30)
    var maximumHeadBytes = 64 << 10
    var maximumFields = 100
    var maximumConnections = 8192
}
