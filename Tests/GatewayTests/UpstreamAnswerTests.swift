// SPDX-License-Identifier: Apache-2.0
import Exchange
import NIOHTTP1
import Testing

@testable import Gateway

@Suite struct UpstreamAnswerTests {
    static func answer(_ fields: [(String, String)]) -> UpstreamAnswer {
        UpstreamAnswer(HTTPResponseHead(version: .http1_1, status: .ok, headers: HTTPHeaders(fields)))
    }

    @Test(arguments: [
        [], [("content-encoding", "identity")], [("Content-Encoding", "")], [("Transfer-Encoding", "Chunked")],
    ])
    func `plain bytes are taken, in chunks too`(fields: [(String, String)]) {
        #expect(Self.answer(fields).foreignEncoding == nil)
    }

    @Test(arguments: [
        ([("Content-Encoding", "gzip")], "gzip"), ([("transfer-encoding", "gzip, chunked")], "gzip, chunked"),
        ([("content-encoding", "br"), ("transfer-encoding", "chunked")], "br"),
    ])
    func `what we did not ask for is named`(fields: [(String, String)], encoding: String) {
        #expect(Self.answer(fields).foreignEncoding == encoding)
    }

    @Test(arguments: [
        ("text/event-stream", true), ("Text/Event-Stream; charset=utf-8", true), ("application/json", false),
    ])
    func `a stream is told by its type`(type: String, isStream: Bool) {
        #expect(Self.answer([("content-type", type)]).isEventStream == isStream)
    }
}
