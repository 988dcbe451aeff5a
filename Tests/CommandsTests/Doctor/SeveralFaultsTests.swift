// SPDX-License-Identifier: Apache-2.0
import Rotation
import Testing

@testable import Commands

/// Two or three faults that have to do with each other: every command is typed as it is printed, the first one first, and
/// in the end all is in order and no credential that was so before is gone.
@Suite struct SeveralFaultsTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        /// More of the configuration.
        var config = ""
        var agents = "{id: \"main\"}"
        var model: String? = "\"anthropic/claude-sonnet-4-5\""
        var models = ""
        var main: [String]
        var order = ""
        var others: [String: [String]] = [:]
        var otherOrder = ""
        var files: [String: String] = [:]
        var hold: (id: String, reason: FailureReason)?
        /// Entries of main as they were before.
        var kept: [String: String] = [:]
        var gone: [String] = []
        var testDescription: String { name }
    }

    private static let (a, b) = ("sk-ant-api03-aaaa-0123456789abcdef", "sk-ant-api03-bbbb-0123456789abcdef")
    private static func key(_ id: String, _ key: String) -> String {
        entry(id, "\"type\": \"api_key\", \"key\": \"\(key)\"")
    }
    private static func expired(_ id: String) -> String {
        entry(id, "\"type\": \"token\", \"token\": \"ant-0123456789abcdef\", \"expires\": 1600000000000")
    }
    private static func gone(_ id: String, _ access: String) -> String {
        entry(
            id, "\"type\": \"oauth\", \"access\": \"\(access)\", \"refresh\": \"r-\(id)-0\", \"expires\": 1600000000000"
        )
    }
    private static func setupToken(_ id: String) -> String {
        let letters = String(repeating: String(id.suffix(1)), count: 80)
        return entry(id, "\"type\": \"token\", \"token\": \"sk-ant-oat01-\(letters)\"")
    }
    private static func entry(_ id: String, _ members: String) -> String {
        "\"\(id)\": {\"provider\": \"\(id.prefix { $0 != ":" })\", \(members)}"
    }
    private static let login = entry(
        "openai:l",
        "\"type\": \"oauth\", \"access\": \"a-0123456789\", \"refresh\": \"r-0123456789\", \"expires\": 9999999999999")
    private static let old = "{\"openai\": {\"key\": \"sk-proj-old-0123456789abcdef\"}}"

    static let rows: [Row] = [
        Row(
            name: "a key under the wrong provider, an order that names it, and one beside it",
            config:
                "auth: {order: {openai: [\"openai:default\"]}},",
            main: [
                key("anthropic:work", a), key("openai:default", a), key("openai:other", "sk-proj-o-0123456789abcdef"),
            ],
            kept: ["anthropic:work": a], gone: ["openai:default"]),
        Row(
            name: "a key under the wrong provider, which is in use and has no other", model: "\"openai/gpt-5\"",
            main: [key("anthropic:work", a), key("openai:default", a)], kept: ["anthropic:work": a]),
        Row(
            name: "a key twice under the wrong provider, which is in use and has no other", model: "\"openai/gpt-5\"",
            main: [key("anthropic:work", a), key("openai:x", a), key("openai:y", a)], kept: ["anthropic:work": a],
            gone: ["openai:y"]),
        Row(
            name: "one setup token under two providers, beside a key",
            main: [setupToken("anthropic:s"), setupToken("openai:s"), key("anthropic:z", a)],
            kept: ["anthropic:z": a], gone: ["anthropic:s", "openai:s", "anthropic:manual"]),
        Row(
            name: "a model with a profile that has expired, beside one in order",
            model: "\"anthropic/claude-sonnet-4-5@anthropic:b\"",
            main: [key("anthropic:a", a), expired("anthropic:b")],
            kept: ["anthropic:a": a]),
        Row(
            name: "a model with a profile that nobody has", model: "\"anthropic/claude-sonnet-4-5@anthropic:nobody\"",
            main: [key("anthropic:a", a)], kept: ["anthropic:a": a]),
        Row(
            name: "an order of one that is rejected leaves a good one out",
            config: "auth: {order: {anthropic: [\"anthropic:b\"]}},",
            main: [key("anthropic:a", a), key("anthropic:b", b)], hold: ("anthropic:b", .authPermanent),
            kept: ["anthropic:a": a]),
        Row(
            name: "auth.profiles notes one that is rejected, and not the good one",
            config: "auth: {profiles: {\"anthropic:b\": {provider: \"anthropic\", mode: \"api_key\"}}},",
            main: [key("anthropic:a", a), key("anthropic:b", b)], hold: ("anthropic:b", .authPermanent),
            kept: ["anthropic:a": a]),
        Row(
            name: "two setup tokens in an order",
            config: "auth: {order: {anthropic: [\"anthropic:s\", \"anthropic:t\"]}},",
            main: [setupToken("anthropic:s"), setupToken("anthropic:t")], gone: ["anthropic:s", "anthropic:t"]),
        Row(
            name: "a setup token in an order that leaves a good one out",
            config: "auth: {order: {anthropic: [\"anthropic:s\", \"anthropic:b\"]}},",
            main: [setupToken("anthropic:s"), key("anthropic:b", b), key("anthropic:l", a)],
            kept: ["anthropic:b": b, "anthropic:l": a], gone: ["anthropic:s"]),
        Row(
            name: "one secret twice in an order that leaves a good one out",
            config: "auth: {order: {anthropic: [\"anthropic:x\", \"anthropic:y\"]}},",
            main: [key("anthropic:x", b), key("anthropic:y", b), key("anthropic:l", a)],
            kept: ["anthropic:x": b, "anthropic:l": a]),
        Row(
            name: "one secret twice, of which another agent's order names one",
            agents: "{id: \"main\"}, {id: \"coder\"}",
            main: [key("anthropic:a", a), key("anthropic:z", a)], others: ["coder": []],
            otherOrder: "\"anthropic\": [\"anthropic:z\"]", kept: ["anthropic:z": a]),
        Row(
            name: "one secret twice, both noted, of which an alias names one",
            config: "auth: {profiles: {\"anthropic:a\": NOTE, \"anthropic:z\": NOTE}},"
                .replacing("NOTE", with: "{provider: \"anthropic\", mode: \"api_key\"}"),
            models: "\"anthropic/claude-haiku-4-5@anthropic:z\": {alias: \"mine\"}",
            main: [key("anthropic:a", a), key("anthropic:z", a)], kept: ["anthropic:z": a]),
        Row(
            name: "one login of three agents", agents: "{id: \"main\"}, {id: \"coder\"}, {id: \"zed\"}",
            main: [key("anthropic:a", a), login], others: ["coder": [login], "zed": [login]]),
        Row(
            name: "an agent's order names none that is left", agents: "{id: \"main\"}, {id: \"coder\"}",
            main: [key("anthropic:a", a)], order: "\"anthropic\": [\"anthropic:gone\"]",
            others: ["coder": [key("openai:l", "sk-proj-o-0123456789abcdef"), expired("openai:m")]],
            otherOrder: "\"openai\": [\"openai:m\", \"openai:none\"], \"anthropic\": [\"anthropic:gone\"]",
            kept: ["anthropic:a": a]),
        Row(
            name: "logins that have expired, with a key beside one of them, and an order that names the other",
            config: "auth: {order: {openai: [\"openai:l\"]}},", model: "\"openai/gpt-5\"",
            main: [
                key("anthropic:a", a), gone("anthropic:l", "a-0123456789"),
                gone("anthropic:v", "sk-ant-oat01-\(String(repeating: "v", count: 80))"),
                gone("openai:l", "b-0123456789"),
            ],
            kept: ["anthropic:a": a], gone: ["anthropic:l", "anthropic:v", "openai:l"]),
        Row(
            name: "the same fallbacks twice",
            model:
                "{primary: \"anthropic/claude-sonnet-4-5\", fallbacks: [\"opnai/gpt-5\", \"nobody/x\", \"opnai/gpt-5\", \"nobody/x\"]}",
            main: [key("anthropic:a", a), key("openai:o", "sk-proj-o-0123456789abcdef")]),
        Row(
            name: "a setup token in .env, and an order", config: "auth: {order: {anthropic: [\"anthropic:env\"]}},",
            main: [key("openai:o", "sk-proj-o-0123456789abcdef")],
            files: [".env": "ANTHROPIC_OAUTH_TOKEN=sk-ant-oat01-\(String(repeating: "e", count: 80))\n"]),
        Row(
            name: "a file of an older program, and an order that names what is in it",
            config: "auth: {order: {openai: [\"openai:default\", \"openai:gone\"]}},", model: nil, main: [],
            files: ["agents/main/agent/auth.json": old], kept: ["openai:default": "sk-proj-old-0123456789abcdef"]),
        Row(
            name: "one with no secret, of a provider that is in use", model: "\"openai/gpt-5\"",
            main: [key("anthropic:a", a), entry("openai:m", "\"type\": \"api_key\"")], kept: ["anthropic:a": a]),
    ]

    private static func store(_ entries: [String], order: String) -> String {
        "{\"version\": 1, \"profiles\": {\(entries.joined(separator: ", "))}, \"order\": {\(order)}}"
    }

    private static func instance(_ row: Row) throws -> Instance {
        let defaults = row.model.map { "defaults: {model: \($0), models: {\(row.models)}}, " } ?? ""
        let gateway = "gateway: {port: 0, auth: {token: \"agw_0123456789abcdefghijklmnopqrstuvwxyzABCD\"}}"
        let instance = Instance(
            config: "{\(gateway), \(row.config) agents: {\(defaults)list: [\(row.agents)]}}",
            store: store(row.main, order: row.order))
        for (agent, entries) in row.others {
            instance.write(
                "agents/\(agent)/agent/auth-profiles.json",
                store(entries, order: agent == "coder" ? row.otherOrder : ""))
        }
        for (name, text) in row.files { instance.write(name, text) }
        if let hold = row.hold { try instance.hold(hold.id, hold.reason, for: 86_400) }
        instance.settle()
        return instance
    }

    @Test(arguments: rows) func `what is printed brings all of it in order`(row: Row) throws {
        let instance = try Self.instance(row)
        let commands = instance.printedCommands("doctor --skip gateway-not-running")
        #expect(!commands.isEmpty)
        for (number, command) in commands.enumerated() {
            let isAsked = command.contains("logout") || command == ["doctor", "--fix"]
            let isToken = command.contains("paste-token")
            let begin = isToken ? "typed" : command.contains("openai") ? "sk-proj-typed" : "sk-ant-api03-typed"
            // The same place gets the same key again.
            let place = commands.firstIndex(of: command) ?? number
            let run = instance.run(
                command + (isAsked ? ["--yes"] : []), typing: "\(begin)-\(place)-0123456789abcdef0123456789abcdef")
            #expect(run.code == 0, "\(command): \(run.stderr)")
        }
        #expect(try instance.findings() == ["gateway-not-running"], "\(instance.run("doctor").stdout)")
        let profiles = try JSON(instance.store ?? "")
        for (id, key) in row.kept { #expect(profiles["profiles.\(id).key"] == .string(key), "\(id)") }
        for id in row.gone { #expect(profiles["profiles.\(id)"] == nil, "\(id)") }
    }

    @Test func `where a number is taken out of an order, no other one is named by its number`() throws {
        let order = "[4, \"anthropic:a\", /* mine */ \"anthropic:gone\", \"anthropic:b\"]"
        let row = Row(
            name: "", config: "auth: {order: {anthropic: \(order)}},",
            main: [Self.key("anthropic:a", Self.a), Self.key("anthropic:b", Self.b)])
        let instance = try Self.instance(row)
        let (place, path) = ("auth.order.anthropic[0]", "~/.agenticflow-enterprise/agenticflow-enterprise.json")
        let fixes = instance.run("doctor --skip gateway-not-running").stdout.split(separator: "\n")
            .filter { $0.contains("fix: ") }.map { $0.drop { $0 == " " } }
        #expect(
            fixes == [
                "fix: Run: agenticflow-enterprise config set '\(place)' VALUE    (or: agenticflow-enterprise config unset '\(place)')",
                "fix: Take it out of \(path), then run: agenticflow-enterprise config validate",
            ])
    }

    @Test func `two repairs in a row are one`() throws {
        let instance = try Self.instance(Self.rows.first { !$0.files.isEmpty && $0.model == nil }!)
        let fix = "doctor --fix --yes --skip clock-skew"
        #expect(instance.run(fix).stdout.contains("What is left: 1 note."))
        #expect(instance.run(fix).stdout.contains("Nothing can be repaired from here."))
        #expect(instance.config?.filter { $0 != " " }.contains("{openai:[\"openai:default\"]}") == true)
    }

    @Test func `one key may be of several providers, where a proxy takes it`() throws {
        let proxy = "{baseUrl: \"http://127.0.0.1:9/v1\", api: \"openai-completions\"}"
        let row = Row(
            name: "", config: "models: {providers: {one: \(proxy), two: \(proxy)}},", model: nil,
            main: [Self.key("one:a", Self.a), Self.key("two:a", Self.a)])
        #expect(try Self.instance(row).findings() == ["gateway-not-running"])
    }

    @Test func `a token in an included file is for an editor`() throws {
        let instance = try Self.instance(
            Row(
                name: "", config: "$include: \"./more.json5\",", main: [Self.key("anthropic:a", Self.a)],
                files: ["more.json5": "{gateway: {token: \"agw_0123456789\"}}"]))
        let report = instance.run("doctor --only config-gateway-token-misplaced").stdout
        #expect(
            report.contains(
                "fix: Edit ~/.agenticflow-enterprise/more.json5, then run: agenticflow-enterprise config validate"))
    }
}
