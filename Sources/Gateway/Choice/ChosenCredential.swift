// SPDX-License-Identifier: Apache-2.0
import Credentials
import NIOCore
import Providers
import Rotation

/// One credential, ready to be used: where its requests go, and the part of their heads that never changes.
/// Made once per configuration; the secret is in `fixedFields` and nowhere else in the data plane.
package final class ChosenCredential: Sendable {
    let id: ProfileID
    /// Whose store it rests in: health belongs to that agent's profile.
    let owner: AgentID
    /// As sentences about it name it.
    let named: NamedCredential
    let provider: Provider
    let address: UpstreamAddress
    /// `host`, `user-agent`, `accept-encoding` and the credential, each line ended.
    private let fixedFields: ByteBuffer
    private let requestLines: [Endpoint: ByteBuffer]
    private let secret: Secret

    init(
        named: NamedCredential, owner: AgentID, provider: Provider, address: UpstreamAddress, secret: Secret,
        fixedFields: [UInt8],
        requestLines: [Endpoint: ByteBuffer]
    ) {
        self.named = named
        id = named.id
        self.owner = owner
        self.provider = provider
        self.address = address
        self.secret = secret
        self.fixedFields = ByteBuffer(bytes: fixedFields)
        self.requestLines = requestLines
    }

    /// The request line of each endpoint that the provider serves: the same for all its credentials.
    static func requestLines(of provider: Provider) -> [Endpoint: ByteBuffer] {
        var lines: [Endpoint: ByteBuffer] = [:]
        for endpoint in Endpoint.allCases {
            if let path = provider.upstreamPath(for: endpoint) {
                lines[endpoint] = ByteBuffer(string: "POST \(path) HTTP/1.1\r\n")
            }
        }
        return lines
    }

    /// Whose health it has.
    var healthKey: HealthKey { HealthKey(owner: owner, id: id) }

    func hasSecret(of other: ChosenCredential) -> Bool { self === other || secret == other.secret }

    /// Everything of the request's head but its length, which the caller adds.
    func writeHead(to bytes: inout ByteBuffer, endpoint: Endpoint, fields: HeadFields) {
        guard let line = requestLines[endpoint] else { return }
        bytes.writeImmutableBuffer(line)
        bytes.writeImmutableBuffer(fixedFields)
        bytes.writeFields(from: fields, in: endpoint.dialect)
    }

    /// The provider's own words with our secret taken out, in every form it might have been echoed.
    func redacted(_ body: ByteBuffer) -> ByteBuffer { ByteBuffer(string: redacted(String(buffer: body))) }

    func redacted(_ text: String) -> String { Redaction.redact(text, secrets: [secret]) }
}
