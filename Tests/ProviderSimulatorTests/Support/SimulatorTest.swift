// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ProviderSimulator

/// Runs a test against a simulator of its own.
func withSimulator<Result>(
    _ options: Simulator.Options = Simulator.Options(), _ test: (Simulator) async throws -> Result
) async throws -> Result {
    let simulator = try await Simulator.start(options)
    do {
        let result = try await test(simulator)
        try await simulator.stop()
        return result
    } catch {
        try await simulator.stop()
        throw error
    }
}

extension Simulator.Options {
    static func rules(_ json: String) throws -> Simulator.Options {
        var options = Simulator.Options()
        options.rules = try RuleScript(text: json).rules
        return options
    }
}

/// A request as a gateway would send it.
struct Ask {
    var method = "POST"
    var path: String
    var fields: [String]
    var body = ""

    static func messages(_ key: String, stream: Bool = false, more: String = "") -> Ask {
        Ask(
            path: "/v1/messages", fields: ["x-api-key: \(key)", "anthropic-version: 2023-06-01"],
            body: #"{"model":"claude-x","max_tokens":64,"stream":\#(stream)"#
                + #","messages":[{"role":"user","content":"Hi"}]\#(more)}"#)
    }

    static func chat(_ key: String, stream: Bool = false, more: String = "") -> Ask {
        Ask(
            path: "/v1/chat/completions", fields: ["authorization: Bearer \(key)"],
            body: #"{"model":"gpt-x","stream":\#(stream),"messages":[{"role":"user","content":"Hi"}]\#(more)}"#)
    }

    static func responses(_ key: String, stream: Bool = false, more: String = "") -> Ask {
        Ask(
            path: "/v1/responses", fields: ["authorization: Bearer \(key)"],
            body: #"{"model":"gpt-x","stream":\#(stream),"input":"Hi"\#(more)}"#)
    }

    static func get(_ path: String, _ fields: String...) -> Ask { Ask(method: "GET", path: path, fields: fields) }

    func adding(_ fields: String...) -> Ask {
        var ask = self
        ask.fields += fields
        return ask
    }

    var text: String {
        let all = ["host: localhost"] + fields + (method == "GET" ? [] : ["content-length: \(body.utf8.count)"])
        return "\(method) \(path) HTTP/1.1\r\n" + all.map { $0 + "\r\n" }.joined() + "\r\n" + body
    }
}

extension Simulator {
    var client: RawClient { RawClient(port: port) }

    /// The answer up to its end as the framing tells it, or as the peer makes it.
    func answer(_ ask: Ask) async throws -> RawAnswer {
        RawAnswer(try await client.exchange(ask.text, until: { RawAnswer($0).isComplete }).text)
    }

    /// Asks for the record until it is as wanted; each try is a round trip, so that the simulator gets its turns.
    func record(where isAsWanted: (Record) -> Bool) async throws -> Record {
        for _ in 0..<5_000 {
            let record = record
            if isAsWanted(record) { return record }
            _ = try await answer(.get("/simulator/health"))
        }
        Issue.record("the record did not become as wanted")
        return record
    }
}
