// SPDX-License-Identifier: Apache-2.0
import Commands
import Credentials
import FoundationEssentials
import Providers
import Rotation
import Testing

/// The fields that `docs/concepts/status-json.md` lists are the fields that there are.
@Suite struct StatusPageTests {
    private struct Page {
        let sections: [Substring]

        init(_ name: String) throws {
            let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
            let bytes = try #require(FileManager.default.contents(atPath: "/\(root)/docs/concepts/\(name)"))
            sections = String(decoding: bytes, as: UTF8.self).split(separator: "\n## ")
        }

        func section(_ heading: String) throws -> Substring {
            try #require(sections.first { $0.hasPrefix(heading) }, "\(heading)")
        }
    }

    /// What stands between backquotes.
    private static func code(_ text: some StringProtocol) -> [String] {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
            .map { String($0.element) }
    }

    /// `auth.providers[]` names both.
    private static func steps(_ path: String) -> [String] {
        path.split(separator: ".").map { $0.filter { !"[]{}".contains($0) } }
    }

    /// Names of members at any depth; those of aliases are the user's.
    private static func names(in json: JSON) -> Set<String> {
        switch json {
        case .object(let members):
            members.reduce(into: []) { names, member in
                names.insert(member.key)
                if member.key != "aliases" { names.formUnion(Self.names(in: member.value)) }
            }
        case .array(let elements): elements.reduce(into: []) { $0.formUnion(names(in: $1)) }
        case .null, .boolean, .number, .string: []
        }
    }

    private static func holds(_ json: JSON, _ steps: ArraySlice<String>) -> Bool {
        guard let first = steps.first else { return true }
        return switch json {
        case .object(let members): members[first].map { holds($0, steps.dropFirst()) } ?? false
        case .array(let elements): elements.contains { holds($0, steps) }
        case .null, .boolean, .number, .string: false
        }
    }

    private static func instance() throws -> Instance {
        let instance = Instance(
            config: """
                {agents: {defaults: {model: {primary: "sonnet", fallbacks: ["groq/llama"]},
                    models: {"anthropic/claude-sonnet-4-5": {alias: "sonnet"}}}},
                  auth: {order: {openai: ["openai:old"]}},
                  models: {providers: {house: {baseUrl: "https://llm.example/v1", api: "openai-completions", apiKey: "house-key-1234"}}}}
                """,
            store: """
                {"version": 1, "profiles": {
                  "anthropic:work": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-abcdefghijklmnopqrst"},
                  "openai:work": {"type": "api_key", "provider": "openai", "key": "sk-test-good-0123456789"},
                  "openai:old": {"type": "token", "provider": "openai", "token": "token-12345678", "expires": 1000},
                  "openrouter:login": {"type": "oauth", "provider": "openrouter", "access": "access-1234567890",
                    "refresh": "refresh-123456", "expires": 1789999999000, "email": "me@x.org"}}}
                """)
        instance.environment["GROQ_API_KEY"] = "gsk_environment_1234567890"
        instance.ask = ProviderAsk { _, recipient, _, done in
            let isGood = recipient.secret?.reveal().contains("house") == true
            done(
                .answer(ProviderAnswer(status: isGood ? 200 : 402, fields: ["request-id": "r"], body: Array("{}".utf8)))
            )
        }
        try instance.hold("anthropic:work", .billing, for: 600)
        return instance
    }

    @Test func `every field of models status is on the page, and every path of the page is there`() throws {
        let instance = try Self.instance()
        try instance.hold("house:config", .billing, for: 600)
        let json = try JSON(instance.run("models status --probe --json").stdout)
        let page = try Page("status-json.md")
        let table = try page.section("`models status`")
        let probes = try Page("model-failover.md").section("Ask the provider")
        let listed = try [
            table, probes, page.section("A standing"), page.section("Problems"), page.section("An error"),
        ]
        let known = Set(listed.flatMap { Self.code($0) }.flatMap(Self.steps))
        #expect(Self.names(in: json).subtracting(known).sorted() == [])
        let paths = table.split(separator: "\n").filter { $0.hasPrefix("| `") }
            .flatMap { Self.code($0.dropFirst(2).prefix { $0 != "|" }) }
        // Beside a gateway alone.
        for path in paths where path != "gatewayPid" {
            #expect(Self.holds(json, Self.steps(path)[...]), "\(path)")
        }
        #expect(paths.count > 20)
    }

    @Test func `every field of models explain is on the page`() throws {
        let instance = try Self.instance()
        let page = try Page("status-json.md")
        let listed = try [page.section("`models explain`"), page.section("Problems"), page.section("An error")]
        let known = Set(listed.flatMap { Self.code($0) }.flatMap(Self.steps))
        var found: Set<String> = []
        for words in ["", " --model openai/gpt-5 --session s", " --model anthropic/claude-x@anthropic:work"] {
            found.formUnion(Self.names(in: try JSON(instance.run("models explain --json\(words)").stdout)))
        }
        #expect(found.subtracting(known).sorted() == [])
        for name in ["pinned", "session", "unavailable", "leftOut", "servedBy"] { #expect(found.contains(name)) }
    }

    /// A class that scripts look for, as it is in the log and in `auth list`; never a sentence.
    @Test func `a reason is a word`() throws {
        let instance = try Self.instance()
        let status = try JSON(instance.run("models status --json").stdout)
        let explain = try JSON(instance.run("models explain --json").stdout)
        for json in [status["auth.oauth.profiles.0"], explain["candidates.0"], status["auth.unusableProfiles.0"]] {
            #expect(json?["reason"] == "billing")
        }
        #expect(
            status["auth.oauth.profiles.3.state"] == "ineligible" && status["auth.oauth.profiles.3.reason"] == .null)
    }
}
