// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ProviderSimulator

@Suite struct RuleTests {
    @Test func `a rule is spent exactly as often as it says, however many ask at once`() async throws {
        try await withSimulator(try .rules(#"[{"label":"a","fault":"529","times":13}]"#)) { simulator in
            let statuses = try await withThrowingTaskGroup(of: Int?.self) { group in
                for _ in 0..<40 { group.addTask { try await simulator.answer(.chat("sk-sim-ok-a")).status } }
                return try await group.reduce(into: [Int?: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [529: 13, 200: 27])
        }
    }

    @Test func `rules go by credential, label, endpoint and model, and the first that fits decides`() async throws {
        let rules = #"""
            [{"credential": "sk-live-0123456789", "label": "live", "fault": "ok"},
             {"label": "a", "endpoint": "/v1/responses", "fault": "503"},
             {"label": "a", "model": "gpt-x", "fault": "429-after-5"},
             {"model": "claude-x", "fault": "500", "parameters": {"message": "Because.", "headers": {"x-more": "1"}}}]
            """#
        try await withSimulator(try .rules(rules)) { simulator in
            let live = try await simulator.answer(.chat("sk-live-0123456789"))
            #expect(live.json?["choices"]?.elements?.first?["message"]?["content"] == "Hello from live.")
            #expect(try await simulator.answer(.responses("sk-sim-ok-a")).status == 503)
            #expect(try await simulator.answer(.chat("sk-sim-ok-a"))["retry-after"] == "5")
            #expect(try await simulator.answer(.chat("sk-sim-ok-b")).status == 200)
            let told = try await simulator.answer(.messages("sk-sim-ok-b"))
            #expect(told.json?["error"]?["message"] == "Because." && told["x-more"] == "1")
        }
    }

    @Test func `rules are replaced, and brought back`() async throws {
        try await withSimulator(try .rules(#"[{"fault":"500","times":1}]"#)) { simulator in
            func status() async throws -> Int? { try await simulator.answer(.chat("sk-sim-ok-a")).status }
            #expect(try await [status(), status()] == [500, 200])
            let put = Ask(method: "PUT", path: "/simulator/rules", fields: [], body: #"[{"fault":"403"}]"#)
            #expect(try await simulator.answer(put).json == ["rules": 1])
            #expect(try await status() == 403)
            _ = try await simulator.answer(Ask(method: "DELETE", path: "/simulator/rules", fields: []))
            #expect(try await [status(), status()] == [500, 200])
        }
    }

    @Test(arguments: [
        (#"{"rules":{}}"#, "a JSON list of rules was expected"),
        ("[1]", "rule 1 is not an object"),
        (#"[{"fault":"ok"},{"fault":"ok","when":1}]"#, "rule 2 has an unknown member, when"),
        ("[{}]", "rule 1 names no fault"),
        (#"[{"fault":"ok","parameters":{"bytes":-1}}]"#, "rule 1: parameter bytes is unknown or has an unfit value"),
        (#"{"rule":[]}"#, "there is an unknown member, rule"),
        (#"{"forbidden":["short"]}"#, "token 1 is no text of 8 bytes or more, so innocent values would hold it too"),
        ("[", "it is not JSON: a value was expected at byte 1"),
    ])
    func `an unfit script says where and why`(text: String, problem: String) {
        #expect(throws: RuleProblem(text: problem)) { try RuleScript(text: text) }
    }

    @Test func `an unfit script changes nothing`() async throws {
        try await withSimulator(try .rules(#"[{"fault":"403"}]"#)) { simulator in
            let put = Ask(method: "PUT", path: "/simulator/rules", fields: [], body: #"[{"fault":"nonsense"}]"#)
            let answer = try await simulator.answer(put)
            #expect(
                answer.status == 400
                    && answer.json?["error"]?.string?.hasPrefix("rule 1 names an unknown fault") == true)
            #expect(try await simulator.answer(.chat("sk-sim-ok-a")).status == 403)
        }
    }

    @Test(arguments: [
        ("sk-sim-ok-work", "work", Fault.ok, nil), ("sk-sim-ok", "ok", .ok, nil),
        ("sk-ant-api03-sim-429-a", "a", .rateLimit, nil), ("sk-sim-429-after-120-a", "a", .rateLimitAfter, 120),
        ("sk-sim-429-after-a", "a", .rateLimitAfter, nil), ("sk-sim-429-echo-a", "a", .rateLimitEcho, nil),
        ("sk-sim-400-context-a-b", "a-b", .contextOverflow, nil),
        ("sk-sim-stall-after-text-a", "a", .stallAfterText, nil),
    ])
    func `a key says its fault and its label`(key: String, label: String, fault: Fault, seconds: Int?) {
        var parameters = FaultParameters()
        parameters.seconds = seconds
        let expected = KeyConvention(key: key)
        #expect(expected?.label == label && expected?.fault == fault && expected?.parameters == parameters)
    }

    @Test(arguments: ["", "sk-sim-", "sk-sim-4290-a", "sk-live-a", "ok-a"])
    func `other keys say nothing`(key: String) { #expect(KeyConvention(key: key) == nil) }
}
