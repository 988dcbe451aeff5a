// SPDX-License-Identifier: Apache-2.0
import Exchange
import NIOCore
import NIOHTTP1
import Providers

/// NIO's fields, as the classification asks for them.
struct UpstreamHeaders: HeaderLookup {
    private let headers: HTTPHeaders
    init(_ headers: HTTPHeaders) { self.headers = headers }
    func first(_ name: String) -> String? { headers.first(name: name) }
}

extension ByteBuffer {
    /// The fields of an upstream request that come from the client, each by name from a list; nothing else passes.
    mutating func writeFields(from client: HeadFields, in dialect: ClientDialect) {
        writeStaticString("content-type: application/json\r\naccept: ")
        let accept = client.accept ?? "application/json"
        writeString(accept.isPlainFieldValue ? accept : "application/json")
        writeStaticString("\r\n")
        let isAnthropic = dialect == .anthropic
        let allowed = isAnthropic ? FieldLists.toAnthropic : FieldLists.toOpenAI
        var hasVersion = false
        var betas = ""
        for (name, value) in client.listed {
            let lowered = name.lowercased()
            guard allowed.contains(lowered), value.isPlainFieldValue else { continue }
            if lowered == "anthropic-beta" {
                // Several fields of that name are one list.
                betas += betas.isEmpty ? value : ",\(value)"
                continue
            }
            if lowered == "anthropic-version" { hasVersion = true }
            writeField(lowered, value)
        }
        if !betas.isEmpty { writeField("anthropic-beta", betas) }
        if isAnthropic, !hasVersion { writeField("anthropic-version", FieldLists.anthropicVersion) }
    }

    private mutating func writeField(_ name: String, _ value: String) {
        writeString(name)
        writeStaticString(": ")
        writeString(value)
        writeStaticString("\r\n")
    }
}

extension AnswerHead {
    /// The fields of an upstream's answer that a client may see.
    mutating func copyAllowed(from upstream: HTTPHeaders) {
        for (name, value) in upstream {
            switch name.utf8.first.map({ $0 | 0x20 }) {
            case UInt8(ascii: "c"):
                // The one that is always there; the rest under this letter is the framing's.
                if name.isEqualIgnoringCase("content-type") { add("content-type", value) }
                continue
            case UInt8(ascii: "r"), UInt8(ascii: "x"), UInt8(ascii: "o"), UInt8(ascii: "a"): break
            default: continue
            }
            let lowered = name.lowercased()
            guard FieldLists.toClient.contains(lowered) || FieldLists.limitPrefixes.contains(where: lowered.hasPrefix)
            else { continue }
            copy(lowered, value)
            if lowered == "request-id" || lowered == "x-request-id" { add("x-agenticflow-upstream-request-id", value) }
        }
    }
}

extension UpstreamAnswer {
    init(_ head: HTTPResponseHead) {
        let type = head.headers.first(name: "content-type") ?? ""
        self.init(
            status: Int(head.status.code), isEventStream: type.lowercased().hasPrefix("text/event-stream"),
            foreignEncoding: Self.foreignEncoding(head.headers))
    }

    /// Of the content or of the transfer: chunks are taken apart, and nothing else is.
    private static func foreignEncoding(_ headers: HTTPHeaders) -> String? {
        let content = headers.first(name: "content-encoding")
        if let content, !content.isEmpty, !content.isEqualIgnoringCase("identity") { return content }
        let transfer = headers.first(name: "transfer-encoding")
        if let transfer, !transfer.isEqualIgnoringCase("chunked") { return transfer }
        return nil
    }
}

extension String {
    /// Printable ASCII: nothing that could end a field.
    var isPlainFieldValue: Bool { utf8.allSatisfy { (0x20..<0x7F).contains($0) } }
}

extension FieldLists {
    /// By the first letter, so that most of a client's fields cost nothing.
    static func mayBeListed(_ name: String) -> Bool {
        switch name.utf8.first.map({ $0 | 0x20 }) {
        case UInt8(ascii: "a"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "x"): true
        default: false
        }
    }
}
