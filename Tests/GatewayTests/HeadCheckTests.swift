// SPDX-License-Identifier: Apache-2.0
import Exchange
import NIOHTTP1
import Providers
import Testing

@testable import Gateway

@Suite struct HeadCheckTests {
    static let check = HeadCheck(
        hosts: HostPolicy(port: 18789, bound: "127.0.0.1", allowed: []), maximumFields: 10, maximumHeadBytes: 1024)

    static func verdict(
        _ fields: [(String, String)], uri: String = "/v1/messages", version: HTTPVersion = .http1_1,
        addingHost: Bool = true
    ) -> ErrorCode? {
        let host = addingHost ? [("Host", "localhost:18789")] : []
        let head = HTTPRequestHead(version: version, method: .POST, uri: uri, headers: HTTPHeaders(host + fields))
        do throws(Fault) {
            try check.admit(head, HeadFields(head))
            return nil
        } catch { return error.code }
    }

    @Test func `an ordinary head passes`() {
        #expect(Self.verdict([("Content-Length", "5"), ("Accept", "*/*")]) == nil)
        #expect(Self.verdict([("transfer-encoding", "Chunked")]) == nil)
    }

    @Test(arguments: [
        [("Content-Length", "5"), ("Transfer-Encoding", "chunked")],
        [("Content-Length", "5"), ("content-length", "5")],
        [("Transfer-Encoding", "chunked"), ("transfer-encoding", "chunked")],
        [("Transfer-Encoding", "gzip, chunked")], [("Transfer-Encoding", "identity")], [("Transfer-Encoding", "")],
        [("Transfer-Encoding", "chunked ")], [("Host", "localhost:18789")],
    ])
    func `a request whose end could be read in two ways is refused`(fields: [(String, String)]) {
        #expect(Self.verdict(fields) == .badFraming)
    }

    @Test func `transfer encodings and other versions have no place before HTTP 1.1`() {
        #expect(Self.verdict([("Transfer-Encoding", "chunked")], version: .http1_0) == .badFraming)
        #expect(Self.verdict([], version: .http2) == .badFraming)
        #expect(Self.verdict([], version: .http1_0) == nil)
    }

    @Test func `the host must be there, and ours, in the request target too`() {
        #expect(Self.verdict([], addingHost: false) == .badFraming)
        #expect(Self.verdict([("Host", "evil.example")], addingHost: false) == .hostNotAllowed)
        #expect(Self.verdict([], uri: "http://evil.example/v1/messages") == .hostNotAllowed)
        #expect(Self.verdict([], uri: "http://localhost:18789/v1/messages") == nil)
        #expect(Self.verdict([], uri: "*") == .hostNotAllowed)
    }

    @Test(arguments: [
        [("Origin", "http://evil.example")], [("Origin", "null")],
        [("Origin", "http://localhost:18789"), ("Origin", "http://evil.example")],
        [("Sec-Fetch-Site", "cross-site")], [("Sec-Fetch-Site", "same-site")],
    ])
    func `requests of foreign pages are refused`(fields: [(String, String)]) {
        #expect(Self.verdict(fields) == .originNotAllowed)
    }

    @Test func `our own pages and address bars pass`() {
        #expect(Self.verdict([("Origin", "http://localhost:18789"), ("Sec-Fetch-Site", "same-origin")]) == nil)
        #expect(Self.verdict([("Sec-Fetch-Site", "none")]) == nil)
    }

    @Test func `a head has a size and a number of fields`() {
        #expect(Self.verdict([("X", String(repeating: "a", count: 1024))]) == .headTooLarge)
        #expect(Self.verdict((1...10).map { ("X-\($0)", "a") }) == .headTooLarge)
        #expect(Self.verdict((1...9).map { ("X-\($0)", "a") }) == nil)
    }
}
