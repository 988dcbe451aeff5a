// SPDX-License-Identifier: Apache-2.0

/// One small request of the command line to a provider, without the credential that it is sent with.
package struct ProviderQuestion: Hashable, Sendable {
    /// The whole path of the request line.
    package var path: String
    /// JSON, sent with POST; nil asks with GET.
    package var body: String?
    /// Fields besides the credential's and those of the framing, lower-case.
    package var fields: [String: String] = [:]
    /// More of an answer is not read.
    package var maximumBytes = 64 << 10

    package init(path: String, body: String? = nil) {
        self.path = path
        self.body = body
    }

    /// As people read it: `GET https://host/v1/models`.
    package func shown(at provider: Provider) -> String {
        guard let place = provider.place else { return path }
        return "\(method) \(place.isTLS ? "https" : "http")://\(place.authority)\(path)"
    }

    package var method: String { body == nil ? "GET" : "POST" }

    /// Everything up to the empty line.
    ///
    /// - Parameter fixed: of ``CredentialFields``.
    package func head(with fixed: [UInt8]) -> [UInt8] {
        var text = "\(method) \(path) HTTP/1.1\r\n\(String(decoding: fixed, as: UTF8.self))"
        text += "accept: application/json\r\nconnection: close\r\n"
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) { text += "\(name): \(value)\r\n" }
        if let body { text += "content-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n" }
        return Array((text + "\r\n").utf8)
    }
}

/// What a provider answered; redirects are answers too, and are never followed.
package struct ProviderAnswer: Sendable, Equatable {
    package var status: Int
    /// By lower-case name; of several fields the first.
    package var fields: [String: String]
    package var body: [UInt8]
    /// There was more than may be read.
    package var isCut: Bool

    package init(status: Int, fields: [String: String] = [:], body: [UInt8] = [], isCut: Bool = false) {
        self.status = status
        self.fields = fields
        self.body = body
        self.isCut = isCut
    }
}

/// What came of a question.
package enum ProviderReply: Sendable {
    case answer(ProviderAnswer)
    case none(NoAnswer)
}
