// SPDX-License-Identifier: Apache-2.0
import NIOHTTP1
import Providers

/// What the gateway wants to know of a request's fields, gathered in one walk over them.
struct HeadFields {
    /// Names, values and separators, with the request target; close to the bytes on the wire.
    private(set) var byteCount: Int
    private(set) var host: String?
    private(set) var hostCount = 0
    private(set) var contentLength: String?
    private(set) var contentLengthCount = 0
    private(set) var transferEncoding: String?
    private(set) var transferEncodingCount = 0
    private(set) var origins: [String] = []
    private(set) var fetchSites: [String] = []
    private(set) var authorizations: [String] = []
    private(set) var apiKeys: [String] = []
    private(set) var contentType: String?
    private(set) var accept: String?
    private(set) var expect: String?
    private(set) var agent: String?
    private(set) var session: String?
    private(set) var offersUpgrade = false
    /// Those that may be on a list of fields for the upstream, by their first letter.
    private(set) var listed: [(name: String, value: String)] = []

    init(_ head: HTTPRequestHead) {
        byteCount = head.uri.utf8.count
        for (name, value) in head.headers {
            byteCount += name.utf8.count + value.utf8.count + 4
            take(name, value)
        }
    }

    /// By length first, so that most names cost one comparison.
    private mutating func take(_ name: String, _ value: String) {
        switch name.utf8.count {
        case 4 where name.isEqualIgnoringCase("host"):
            host = value
            hostCount += 1
        case 6 where name.isEqualIgnoringCase("accept"): accept = accept ?? value
        case 6 where name.isEqualIgnoringCase("expect"): expect = expect ?? value
        case 6 where name.isEqualIgnoringCase("origin"): origins.append(value)
        case 7 where name.isEqualIgnoringCase("upgrade"): offersUpgrade = true
        case 9 where name.isEqualIgnoringCase("x-api-key"): apiKeys.append(value)
        case 12 where name.isEqualIgnoringCase("content-type"): contentType = contentType ?? value
        case 13 where name.isEqualIgnoringCase("authorization"): authorizations.append(value)
        case 14 where name.isEqualIgnoringCase("content-length"):
            contentLength = value
            contentLengthCount += 1
        case 14 where name.isEqualIgnoringCase("sec-fetch-site"): fetchSites.append(value)
        case 17 where name.isEqualIgnoringCase("transfer-encoding"):
            transferEncoding = value
            transferEncodingCount += 1
        case 19 where name.isEqualIgnoringCase("x-agenticflow-agent"): agent = agent ?? value
        case 21 where name.isEqualIgnoringCase("x-agenticflow-session"): session = session ?? value
        default: if FieldLists.mayBeListed(name) { listed.append((name, value)) }
        }
    }
}
