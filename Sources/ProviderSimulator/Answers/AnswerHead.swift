// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1

/// How the end of a body is told.
enum Framing: Hashable, Sendable {
    case length(Int)
    case chunked
    /// By the end of the connection.
    case untilClose
}

/// Status line and fields of an answer.
struct AnswerHead: Sendable {
    var status: Int
    var fields: [Field] = []

    struct Field: Hashable, Sendable {
        var name: String
        var value: String
    }

    init(_ status: Int) { self.status = status }

    mutating func add(_ name: String, _ value: String) { fields.append(Field(name: name, value: value)) }
    mutating func add(_ more: [Field]) { fields += more }

    func bytes(_ framing: Framing, closes: Bool) -> ByteBuffer {
        var text = "HTTP/1.1 \(status) \(reason)\r\n"
        for field in fields { text += "\(field.name): \(field.value.headerSafe)\r\n" }
        switch framing {
        case .length(let count): text += "content-length: \(count)\r\n"
        case .chunked: text += "transfer-encoding: chunked\r\n"
        case .untilClose: break
        }
        if closes || framing == .untilClose { text += "connection: close\r\n" }
        return ByteBuffer(string: text + "\r\n")
    }

    private var reason: String {
        status == 529 ? "Overloaded" : HTTPResponseStatus(statusCode: status).reasonPhrase
    }
}

extension String {
    /// The text without what would end a header line; rules may bring any text.
    fileprivate var headerSafe: String {
        utf8.contains { $0 < 0x20 } ? String(unicodeScalars.map { $0.value < 0x20 ? " " : Character($0) }) : self
    }
}

extension ByteBuffer {
    /// One chunk of a chunked body (RFC 9112 §7.1).
    static func chunk(_ body: ByteBuffer) -> ByteBuffer {
        guard body.readableBytes > 0 else { return ByteBuffer() }
        var chunk = ByteBuffer(string: String(body.readableBytes, radix: 16) + "\r\n")
        chunk.writeImmutableBuffer(body)
        chunk.writeStaticString("\r\n")
        return chunk
    }

    static var lastChunk: ByteBuffer { ByteBuffer(staticString: "0\r\n\r\n") }
}
