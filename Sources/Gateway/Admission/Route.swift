// SPDX-License-Identifier: Apache-2.0
import NIOHTTP1
import Providers

/// Where a path leads.
enum Route: Sendable {
    case model(Endpoint)
    /// Everything else is the control plane's, which says 404 itself. `isOpen`: no token needed.
    case control(path: String, isOpen: Bool)

    init(_ head: HTTPRequestHead) {
        let path = head.uri.pathOfRequestTarget
        switch path {
        case "/v1/messages": self = .model(.messages)
        case "/v1/chat/completions": self = .model(.chatCompletions)
        case "/v1/responses": self = .model(.responses)
        case "/v1/embeddings": self = .model(.embeddings)
        case "/v1/messages/count_tokens": self = .model(.countTokens)
        case "/livez", "/readyz": self = .control(path: path, isOpen: true)
        default: self = .control(path: path, isOpen: false)
        }
    }

    var isOpen: Bool { if case .control(_, let isOpen) = self { isOpen } else { false } }

    /// The dialect in which this route's errors are written.
    var dialect: ClientDialect { if case .model(let endpoint) = self { endpoint.dialect } else { .openaiChat } }
}

extension String {
    /// The path of an origin-form or absolute-form request target, without its query.
    var pathOfRequestTarget: String {
        var path = self[...]
        if path.utf8.first != UInt8(ascii: "/") {
            guard let authority = authorityOfAbsoluteForm, let range = path.firstRange(of: authority) else {
                return self
            }
            path = path[range.upperBound...]
        }
        guard let query = path.utf8.firstIndex(of: UInt8(ascii: "?")) else { return String(path) }
        return String(path[..<query])
    }
}
