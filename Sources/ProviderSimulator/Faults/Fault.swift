// SPDX-License-Identifier: Apache-2.0

/// What goes wrong with a request, or that nothing does. The raw values are the words of keys and of rules.
package enum Fault: String, Hashable, Sendable, CaseIterable {
    case ok
    case badRequest = "400"
    case contextOverflow = "400-context"
    case unauthorized = "401"
    case revoked = "401-revoked"
    case paymentRequired = "402"
    case forbidden = "403"
    case notFound = "404"
    case tooLarge = "413"
    case rateLimit = "429"
    case rateLimitAfter = "429-after"
    case rateLimitDate = "429-date"
    case rateLimitReset = "429-reset"
    case insufficientQuota = "429-insufficient-quota"
    case rateLimitEcho = "429-echo"
    case serverError = "500"
    case htmlGateway = "502-html"
    case unavailable = "503"
    case overloaded = "529"
    case inBandOverloaded = "in-band-overloaded"
    case inBandLate = "in-band-late"
    case pingsThenReset = "pings-then-reset"
    case roleThenEnd = "role-then-end"
    case textThenEnd = "text-then-end"
    case textThenReset = "text-then-reset"
    case stall
    case stallAfterHead = "stall-after-head"
    case stallAfterText = "stall-after-text"
    case empty
    case garbageHead = "garbage-head"
    case twoLengths = "two-lengths"
    case redirect = "redirect-302"
    case cutPlain = "cut-plain"
    case noRead = "no-read"
    case hugeStream = "huge-stream"
    case slowStream = "slow-stream"
    case gzip
    case setCookie = "set-cookie"
    case expiring

    /// The number a key may carry behind this fault's word, as in `429-after-120`: its name among the parameters
    /// and what it is without one.
    var number: (keyPath: any WritableKeyPath<FaultParameters, Int?> & Sendable, fallback: Int)? {
        switch self {
        case .rateLimitAfter, .rateLimitDate, .rateLimitReset: (\.seconds, 30)
        case .expiring: (\.calls, 3)
        default: nil
        }
    }

    /// One line for the help text and the table of the user page.
    package var summary: String {
        switch self {
        case .ok: "answers"
        case .badRequest: "400, the request's own fault"
        case .contextOverflow: "400, the prompt is longer than the model's context window"
        case .unauthorized: "401, as for a wrong key"
        case .revoked: "401, the key has been revoked"
        case .paymentRequired: "402, the credit balance is too low"
        case .forbidden: "403, the key lacks a permission"
        case .notFound: "404, the model does not exist for this key"
        case .tooLarge: "413, the request is too large"
        case .rateLimit: "429 without any hint when to come back"
        case .rateLimitAfter: "429-after-N: 429 with retry-after: N seconds, and reset headers that agree"
        case .rateLimitDate: "429-date-N: 429 with retry-after as an HTTP date N seconds ahead"
        case .rateLimitReset: "429-reset-N: 429 with only the dialect's reset headers, N seconds ahead"
        case .insufficientQuota: "429 that means billing: insufficient_quota"
        case .rateLimitEcho: "429 whose body holds the credential itself and terminal escapes"
        case .serverError: "500"
        case .htmlGateway: "502 with an HTML page"
        case .unavailable: "503"
        case .overloaded: "529, overloaded_error"
        case .inBandOverloaded: "200, then an overloaded error event before any text; plain: 529"
        case .inBandLate: "200, some text, then an error event; plain: 529"
        case .pingsThenReset: "stream: pings, then a TCP reset; plain: the head, then a reset"
        case .roleThenEnd: "stream: message_start or role chunk, then a clean end; plain: an answer without content"
        case .textThenEnd: "some text, then a clean end without the terminal event; plain: half the JSON"
        case .textThenReset: "some text, then a TCP reset; plain: half the JSON"
        case .stall: "never answers"
        case .stallAfterHead: "the head, then nothing more"
        case .stallAfterText: "some text, then nothing more"
        case .empty: "closes cleanly without one byte"
        case .garbageHead: "bytes that are no HTTP head"
        case .twoLengths: "a good answer with two different content-length fields"
        case .redirect: "302 to another path of the simulator, where an arrival is counted"
        case .cutPlain: "the answer cut short of its content-length; stream: cut without the last chunk"
        case .noRead: "accepts the connection and never reads the request's body"
        case .hugeStream: "an answer of about 200 MB, as fast as the peer reads"
        case .slowStream: "20 events, 250 ms apart"
        case .gzip: "a good answer with content-encoding: gzip, asked for or not"
        case .setCookie: "a good answer with set-cookie, www-authenticate and organization ids"
        case .expiring: "expiring-N: N good answers, then 401"
        }
    }
}

/// Numbers and texts that shape a fault; every one may be left out.
package struct FaultParameters: Hashable, Sendable {
    /// Wait named by the 429 faults, in seconds.
    package var seconds: Int?
    /// Good answers of `expiring`.
    package var calls: Int?
    /// Events of a stream, and the microseconds between two of them.
    package var events: Int?
    package var microseconds: Int?
    /// Size of `huge-stream`.
    package var bytes: Int?
    /// Milliseconds before anything is answered.
    package var delayMilliseconds: Int?
    /// Replaces the message of an error body.
    package var message: String?
    /// Where `redirect-302` points.
    package var location: String?
    /// More header fields for the answer.
    package var headers: [String: String] = [:]

    package init() {}
}
