// SPDX-License-Identifier: Apache-2.0
import NIOHTTP1
import Testing

@testable import ProviderSimulator

@Suite struct ContrabandTests {
    static let rows: [(field: String, found: Contraband)] = [
        ("x-other: sk-ant-oat01-0123456789", .setupTokens),
        ("authorization: Bearer sk-ant-oat01-0123456789", .setupTokens),
        ("x-other: agw_0123456789", .clientTokens),
        ("authorization: Bearer agw_0123456789", .clientTokens),
        ("x-other: begin planted-token end", .clientTokens),
        ("user-agent: claude-cli/2.1.0 (external)", .foreignUserAgents),
        ("user-agent: GitHubCopilotChat/0.26", .foreignUserAgents),
        ("user-agent: OpenAI/Python 2.8.0", .foreignUserAgents),
        ("user-agent: AsyncAnthropic/Python 0.75.0", .foreignUserAgents),
        ("cookie: session=1", .cookies),
    ]

    @Test(arguments: rows)
    func `contraband is refused in both dialects, and counted`(field: String, found: Contraband) async throws {
        var options = Simulator.Options()
        options.forbidden = ["planted-token"]
        try await withSimulator(options) { simulator in
            let anthropic = try await simulator.answer(.messages("sk-sim-ok-a").adding(field))
            #expect(anthropic.status == 400 && anthropic.json?["error"]?["type"] == "invalid_request_error")
            let openai = try await simulator.answer(.chat("sk-sim-ok-a").adding(field))
            #expect(openai.status == 400 && openai.json?["error"]?["code"] == "contraband")
            #expect(simulator.record.totals.contraband == [found: 2])
            #expect(simulator.record.requests.map(\.contraband) == [[found], [found]])
            let page = try await simulator.answer(.get("/simulator/record"))
            #expect(page.json?["contraband"]?[found.rawValue] == 2)
            #expect(["planted-token", "sk-ant-oat", "agw_", "session=1"].filter(page.body.holds) == [])
        }
    }

    @Test(arguments: [
        "user-agent: agenticflow-enterprise/1.0", "user-agent: curl/8", "x-other: planted-toke", "x-agw: agw",
    ])
    func `what a gateway may send is let in`(field: String) async throws {
        var options = Simulator.Options()
        options.forbidden = ["planted-token"]
        try await withSimulator(options) { simulator in
            let status = try await simulator.answer(.messages("sk-sim-ok-a").adding(field)).status
            #expect(status == 200)
            #expect(simulator.record.totals.contraband == [:])
        }
    }

    @Test func `SDKs are let in on request, vendors' programs never`() async throws {
        var options = Simulator.Options()
        options.allowsSDKAgents = true
        try await withSimulator(options) { simulator in
            let sdk = Ask.messages("sk-sim-ok-a").adding("user-agent: Anthropic/Python 0.75.0")
            let ofSDK = try await simulator.answer(sdk).status
            #expect(ofSDK == 200)
            let program = Ask.messages("sk-sim-ok-a").adding("user-agent: claude-cli/2")
            let ofProgram = try await simulator.answer(program).status
            #expect(ofProgram == 400)
        }
    }

    @Test func `tokens can be forbidden later, but none that any value might hold`() async throws {
        try await withSimulator { simulator in
            let ask = Ask.messages("sk-sim-ok-a").adding("x-other: later-token")
            let before = try await simulator.answer(ask).status
            #expect(before == 200)
            func forbid(_ body: String) async throws -> Int? {
                try await simulator.answer(Ask(path: "/simulator/forbid", fields: [], body: body)).status
            }
            let short = try await forbid(#"{"tokens":["a"]}"#)
            #expect(short == 400)
            let misspelt = try await forbid(#"{"token":["later-token"]}"#)
            #expect(misspelt == 400)
            let forbidden = try await forbid(#"{"tokens":["later-token"]}"#)
            #expect(forbidden == 200)
            let after = try await simulator.answer(ask).status
            #expect(after == 400)
        }
    }

    @Test func `contraband spends no rule`() async throws {
        try await withSimulator(try .rules(#"[{"label":"a","fault":"500","times":1}]"#)) { simulator in
            _ = try await simulator.answer(.messages("sk-sim-ok-a").adding("cookie: a"))
            let next = try await simulator.answer(.messages("sk-sim-ok-a")).status
            #expect(next == 500)
        }
    }

    @Test(arguments: [
        ("abcabd", "abd", true), ("abc", "abcd", false), ("abc", "c", true), ("", "a", false), ("é", "é", true),
    ])
    func `a text is found byte for byte`(text: String, part: String, isFound: Bool) {
        #expect(text.holds(part) == isFound)
    }
}
