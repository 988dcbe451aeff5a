// SPDX-License-Identifier: Apache-2.0
import Exchange
import NIOCore
import Providers

/// What time brings to a connection, and the end of the gateway.
extension FrontDoor {
    func tick(at now: NIODeadline) {
        switch stage {
        case .idle(let since):
            let limits = runtime.deployment.limits
            if let silent = gauge.silentSince {
                if silent + limits.head < now {
                    refuse(
                        Fault(.tooSlow, "The request's head did not arrive in time. Send it at once."),
                        dialect: .openaiChat)
                }
            } else if since + Self.keepAliveIdle < now || runtime.isDraining {
                closeNow()
            }
        case .relaying(let client): client.tick(at: now)
        case .control(let request): if request.startedAt + request.deployment.limits.head < now { closeNow() }
        case .answering: break
        case .closing(let until): if until < now { closeNow() }
        }
    }

    func drain() {
        keepsAlive = false
        if case .idle = stage, gauge.silentSince == nil { closeNow() }
    }

    func cutForShutdown() {
        if case .relaying(let client) = stage { client.cutForShutdown() }
        closeNow()
    }

    private func closeNow() { context?.close(promise: nil) }
}
