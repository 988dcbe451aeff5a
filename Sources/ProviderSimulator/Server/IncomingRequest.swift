// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1

/// A request while it is being read and answered.
struct IncomingRequest {
    enum Place {
        /// The simulator's own page.
        case control(String)
        case call(ProviderEndpoint)
        case nowhere
    }

    let head: HTTPRequestHead
    let path: String
    let query: String
    let place: Place
    let dialect: Dialect
    let arrived = NIODeadline.now()
    var question: Rule.Question?
    /// Set when the request is never to be read.
    var unread: Ruling?
    /// The entry in the record; nil for the simulator's own pages.
    var entry: RecordedRequest?
    private(set) var body = ByteBuffer()
    private(set) var bodyBytes = 0
    private(set) var isTooLarge = false

    /// What Anthropic takes (32 MB); OpenAI's limit is of that order too.
    static let largestBody = 32 << 20

    init(_ head: HTTPRequestHead) {
        self.head = head
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts.first ?? "")
        query = parts.count > 1 ? String(parts[1]) : ""
        let endpoint = ProviderEndpoint(path: path)
        if path.hasPrefix("/simulator/") {
            place = .control(String(path.dropFirst("/simulator/".count)))
        } else {
            place = endpoint.map(Place.call) ?? .nowhere
        }
        dialect = endpoint?.dialect(head.headers) ?? ProviderEndpoint.dialect(head.headers)
    }

    /// The value of a query's member, as it stands.
    func queryValue(_ name: String) -> String? {
        let pairs = query.split(separator: "&").map { $0.split(separator: "=", maxSplits: 1) }
        return pairs.first { $0.count == 2 && $0[0] == name }.map { String($0[1]) }
    }

    var takesChunks: Bool { head.version.major > 1 || head.version == .http1_1 }

    mutating func read(_ bytes: ByteBuffer) {
        bodyBytes += bytes.readableBytes
        isTooLarge = isTooLarge || bodyBytes > Self.largestBody
        if isTooLarge {
            body = ByteBuffer()
        } else {
            body.writeImmutableBuffer(bytes)
        }
    }

    /// The body has been read; what follows works on its JSON.
    mutating func takeBody() -> ByteBuffer {
        defer { body = ByteBuffer() }
        return body
    }

    func elapsedMilliseconds(_ now: NIODeadline = .now()) -> Int { Int((now - arrived).nanoseconds / 1_000_000) }
}
