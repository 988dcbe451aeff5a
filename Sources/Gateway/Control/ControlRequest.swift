// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1

/// A request for the control plane, collected whole before it is answered.
final class ControlRequest {
    static let maximumBodyBytes = 1 << 20

    let head: HTTPRequestHead
    let path: String
    let deployment: Deployment
    /// Its body, which nothing needs, has to come as quickly as a head.
    let startedAt = NIODeadline.now()
    var body = ByteBuffer()

    init(head: HTTPRequestHead, path: String, deployment: Deployment) {
        self.head = head
        self.path = path
        self.deployment = deployment
    }
}
