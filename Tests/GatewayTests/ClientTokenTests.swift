// SPDX-License-Identifier: Apache-2.0
import Credentials
import Exchange
import NIOHTTP1
import Providers
import Testing

@testable import Gateway

@Suite struct ClientTokenTests {
    static func verdict(_ fields: [(String, String)], token: String? = "agw_secret-token") -> ErrorCode? {
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/", headers: HTTPHeaders(fields))
        do throws(Fault) {
            try ClientToken(token.map { Secret($0) }).admit(HeadFields(head))
            return nil
        } catch { return error.code }
    }

    @Test(arguments: [
        [("Authorization", "Bearer agw_secret-token")], [("authorization", "bearer  agw_secret-token")],
        [("X-API-Key", "agw_secret-token")], [("x-api-key", "wrong"), ("authorization", "Bearer agw_secret-token")],
    ])
    func `the token is taken from either field`(fields: [(String, String)]) { #expect(Self.verdict(fields) == nil) }

    @Test(arguments: [
        "", "a", "agw_secret-toke", "agw_secret-tokenX", "agw_secret-tokenagw_secret-token", "AGW_SECRET-TOKEN",
        " agw_secret-token", "agw_secret-token ",
    ])
    func `any other text is wrong, a part and a repetition too`(text: String) {
        #expect(Self.verdict([("x-api-key", text)]) == .wrongClientToken)
    }

    @Test func `other schemes are wrong, and nothing at all is missing`() {
        #expect(Self.verdict([("authorization", "Basic agw_secret-token")]) == .wrongClientToken)
        #expect(Self.verdict([("cookie", "agw_secret-token")]) == .missingClientToken)
    }

    @Test func `without a token nobody is let in, with an empty one neither`() {
        #expect(Self.verdict([("x-api-key", "")], token: nil) == .wrongClientToken)
        #expect(Self.verdict([("x-api-key", "")], token: "") == .wrongClientToken)
    }
}
