// SPDX-License-Identifier: Apache-2.0
import Credentials
import Testing

@testable import Commands

/// All fixes of one report, typed in the order in which they are printed, bring everything in order: none of them undoes
/// another, or means another place by the time it is typed.
@Suite struct TypedFixTests {
    private static func keys(_ ids: String...) -> String {
        let entries = ids.enumerated().map { index, id in
            let provider = id.prefix { $0 != ":" }
            return
                "\"\(id)\": {\"type\": \"api_key\", \"provider\": \"\(provider)\", \"key\": \"sk-ant-api03-\(index)-0123456789\"}"
        }
        return DoctorCheckTests.profiles(entries.joined(separator: ", "))
    }

    private static let token = "auth: {token: \"agw_0123456789abcdefghijklmnopqrstuvwxyzABCD\"}"

    private static func typeAll(_ instance: Instance, _ line: String, exits: Set<Int32> = [0]) {
        for command in instance.printedCommands(line) {
            let run = instance.run(command)
            #expect(exits.contains(run.code), "\(command): \(run.stderr)")
        }
    }

    private static let lists: [(config: String, after: String)] = [
        (
            "{gateway: {port: 0, \(token), allowedHosts: [1, \"a\", 2, \"b\", 3]}}",
            "{gateway: {port: 0, \(token), allowedHosts: [\"a\", \"b\"]}}"
        ),
        (
            "{gateway: {port: 0, \(token)}, agents: {list: [null, {id: \"main\"}, null, null]}}",
            "{gateway: {port: 0, \(token)}, agents: {list: [{id: \"main\"}]}}"
        ),
        (
            "{gateway: {port: 0, \(token)}, auth: {order: {anthropic: [4, \"anthropic:a\", 5, \"anthropic:b\"]}}}",
            "{gateway: {port: 0, \(token)}, auth: {order: {anthropic: [\"anthropic:a\", \"anthropic:b\"]}}}"
        ),
    ]

    @Test(arguments: lists, ["doctor --skip gateway-not-running", "config validate"])
    func `elements of a list are taken out from the last one on`(row: (config: String, after: String), line: String)
        throws
    {
        let instance = Instance(config: row.config, store: Self.keys("anthropic:a", "anthropic:b"))
        instance.settle()
        Self.typeAll(instance, line)
        // Blanks beside an element that is gone may stay.
        #expect(instance.config?.filter { $0 != " " } == row.after.filter { $0 != " " })
        #expect(try instance.findings() == ["gateway-not-running"])
    }

    @Test func `an order of which every entry is wrong goes as a whole`() throws {
        let instance = Instance(
            config: "{gateway: {port: 0, \(Self.token)}, auth: {order: {anthropic: [4, 5]}}}",
            store: Self.keys("anthropic:a"))
        instance.settle()
        // The second time it is gone already.
        Self.typeAll(instance, "doctor --skip gateway-not-running", exits: [0, 66])
        #expect(try instance.findings() == ["gateway-not-running"])
    }

    @Test(arguments: [
        ("", "auth.order.anthropic of the configuration leaves them out"),
        (
            "models auth order set --provider anthropic anthropic:c",
            "The order of agent main for anthropic leaves them out"
        ),
    ])
    func `all that an order leaves out is one command, and which order it is`(before: String, why: String) throws {
        let instance = Instance(
            config: "{gateway: {port: 0, \(Self.token)}, auth: {order: {anthropic: [\"anthropic:c\"]}}}",
            store: Self.keys("anthropic:c", "anthropic:b", "anthropic:a"))
        if !before.isEmpty { #expect(instance.run(before).code == 0) }
        instance.settle()
        let report = instance.run("doctor").stdout
        #expect(
            report.contains("info: Nothing uses anthropic:a and anthropic:b, which are in order. [credential-unused]"))
        #expect(report.contains("why: \(why), and no session is pinned to them: only a request that names one of them"))
        let set = "models auth order set --provider anthropic --agent main anthropic:c anthropic:a anthropic:b"
        #expect(report.contains("fix: To use them: agenticflow-enterprise \(set)\n"))
        let place = before.isEmpty ? "auth.order" : "the order of agent main"
        let status = instance.run("models status").stdout
        for id in ["a", "b"] {
            #expect(
                status.contains(
                    "- anthropic:\(id) excluded_by_auth_order: Excluded by \(place) for this provider. Change the order "
                        + "with: agenticflow-enterprise \(set)\n"), "\(status)")
        }
        #expect(instance.run(set).code == 0)
        #expect(try instance.findings() == ["gateway-not-running"])
    }

    @Test func `of several ids of one secret the one that is named somewhere stays`() throws {
        let secrets = ["anthropic:a", "anthropic:work", "anthropic:z"].map {
            "\"\($0)\": {\"type\": \"api_key\", \"provider\": \"anthropic\", \"key\": \"\(Patient.key)\"}"
        }
        let instance = Instance(
            config: Patient.config, store: DoctorCheckTests.profiles(secrets.joined(separator: ", ")))
        instance.settle()
        let report = instance.run("doctor --only credential-duplicate").stdout
        #expect(report.contains("anthropic:a, anthropic:work and anthropic:z hold the same secret."))
        let out = ["anthropic:a", "anthropic:z"].map {
            "agenticflow-enterprise models auth logout \($0) --agent main"
        }
        #expect(report.contains("fix: Run: \(out.joined(separator: " && "))\n"))
        for id in ["a", "z"] {
            #expect(instance.run("models auth logout anthropic:\(id) --agent main --yes").code == 0)
        }
        #expect(try instance.findings() == ["gateway-not-running"])
    }

    private static let fallbacks = "[\"openai/gpt-55\", \"opnai/gpt-5-mini\", \"openai/o3\"]"
    private static let right = "[\"openai/gpt-5\", \"openai/gpt-5-mini\", \"openai/o3\"]"

    @Test(arguments: ["defaults: {model: MODEL}", "list: [{id: \"main\"}, {id: \"b\", model: MODEL}]"])
    func `a fallback is replaced in its own place`(place: String) throws {
        func config(_ fallbacks: String) -> String {
            let model = "{primary: \"openai/gpt-5.2\", fallbacks: \(fallbacks)}"
            return "{gateway: {port: 0, \(Self.token)}, agents: {\(place.replacing("MODEL", with: model))}}"
        }
        let instance = Instance(
            config: config(Self.fallbacks), store: Self.keys("anthropic:a", "openai:a"))
        instance.settle()
        Self.typeAll(instance, "doctor --only model-doubtful --only model-provider-unknown")
        #expect(instance.config == config(Self.right))
        #expect(try instance.findings() == ["gateway-not-running"])
    }

    @Test func `fallbacks of nobody are taken out, and the others are still meant`() throws {
        func config(_ fallbacks: String) -> String {
            "{gateway: {port: 0, \(Self.token)}, agents: {defaults: {model: {primary: \"openai/gpt-5.2\", fallbacks: [\(fallbacks)]}}}}"
        }
        let instance = Instance(
            config: config("\"nobodyatall/x\", \"openai/gpt-55\", \"none\", \"openai/gpt-5-mni\""),
            store: Self.keys("anthropic:a", "openai:a"))
        instance.settle()
        Self.typeAll(instance, "doctor --only model-doubtful --only model-provider-unknown")
        #expect(instance.config == config("\"openai/gpt-5\", \"openai/gpt-5-mini\""))
        #expect(try instance.findings() == ["gateway-not-running"])
    }

    private static let idle: [(place: String, after: String, fix: String)] = [
        (
            "defaults: {model: MODEL}", "[\"openai/o3\"]",
            "fix: Run: agenticflow-enterprise models fallbacks remove anthropic/claude-haiku-4-5\n"
        ),
        (
            "defaults: {imageModel: MODEL}", "[\"openai/o3\"]",
            "fix: Run: agenticflow-enterprise models image-fallbacks remove anthropic/claude-haiku-4-5\n"
        ),
        (
            "list: [{id: \"main\"}, {id: \"b\", model: MODEL}]", "[\"openai/o3\"]",
            "fix: Run: agenticflow-enterprise config unset 'agents.list[1].model.fallbacks[0]'\n"
        ),
        (
            "defaults: {model: MODEL}, list: [{id: \"main\"}, {id: \"b\", model: {primary: \"anthropic/claude-opus-4-5\"}}]",
            "[\"openai/o3\"]",
            "fix: Run: agenticflow-enterprise models fallbacks remove anthropic/claude-haiku-4-5\n"
        ),
    ]

    @Test(arguments: idle)
    func `a fallback that never gets a request is taken out`(row: (place: String, after: String, fix: String)) throws {
        func config(_ fallbacks: String) -> String {
            let model = "{primary: \"openai/gpt-5.2\", fallbacks: \(fallbacks)}"
            return "{gateway: {port: 0, \(Self.token)}, agents: {\(row.place.replacing("MODEL", with: model))}}"
        }
        let instance = Instance(
            config: config("[\"anthropic/claude-haiku-4-5\", \"openai/o3\"]"),
            store: Self.keys("openai:a", "anthropic:a"))
        instance.settle()
        let report = instance.run("doctor --only model-fallback-idle").stdout
        #expect(
            report.contains("anthropic/claude-haiku-4-5 never takes the place of openai/gpt-5.2. [model-fallback-idle]")
        )
        #expect(report.contains(row.fix), "\(report)")
        Self.typeAll(instance, "doctor --only model-fallback-idle")
        #expect(instance.config?.filter { $0 != " " } == config(row.after).filter { $0 != " " })
        #expect(try instance.findings() == ["gateway-not-running"])
    }

    @Test func `a fallback of all agents that serves one of them stays`() throws {
        let model = "{primary: \"openai/gpt-5.2\", fallbacks: [\"anthropic/claude-haiku-4-5\"]}"
        let agents =
            "list: [{id: \"main\", model: {primary: \"openai/gpt-5.2\", fallbacks: []}}, "
            + "{id: \"b\", model: {primary: \"anthropic/claude-opus-4-5\", fallbacks: [\"anthropic/claude-haiku-4-5\"]}}]"
        let instance = Instance(
            config: "{gateway: {port: 0, \(Self.token)}, agents: {defaults: {model: \(model)}, \(agents)}}",
            store: Self.keys("openai:a", "anthropic:a"))
        #expect(try instance.findings() == ["gateway-not-running"])
    }

    @Test func `in the place of a model of nobody one is advised that can be served`() throws {
        func config(_ model: String) -> String {
            "{gateway: {port: 0, \(Self.token)}, agents: {defaults: {model: \"\(model)\"}}}"
        }
        let instance = Instance(config: config("nobodyatall/x"), store: Self.keys("openai:a"))
        instance.settle()
        Self.typeAll(instance, "doctor --only model-provider-unknown")
        #expect(instance.config?.contains("\"primary\": \"openai/gpt-5") == true)
        #expect(try instance.findings() == ["gateway-not-running"])
    }
}

extension Instance {
    /// What is printed behind `fix: `, without what is only said; of two ways the last one, which takes out.
    func printedCommands(_ line: String) -> [[String]] {
        run(line).stdout.split(separator: "\n").filter { $0.contains("fix: ") }.flatMap { line -> [[String]] in
            let parts = line.split(separator: " (or: ").last.map(String.init) ?? ""
            let typed = parts.split(separator: "agenticflow-enterprise ", omittingEmptySubsequences: false).dropFirst()
            var commands: [[String]] = []
            for command in typed {
                let or = [", or ", "; or "].compactMap { command.firstRange(of: $0)?.lowerBound }.min()
                let then = command.firstRange(of: "; then ")?.lowerBound
                let end = [or, then].compactMap(\.self).min() ?? command.endIndex
                commands.append(Self.words(command[..<end]).filter { $0 != "&&" })
                // What follows is instead of it.
                if or != nil { break }
            }
            return commands
        }
    }
    /// As a shell takes them: what stands in quotes is one.
    private static func words(_ text: Substring) -> [String] {
        var words = [""]
        var isQuoted = false
        for letter in text {
            if letter == "'" {
                isQuoted.toggle()
            } else if letter == " ", !isQuoted {
                words.append("")
            } else if isQuoted || !"()".contains(letter) {
                words[words.count - 1].append(letter)
            }
        }
        return words.filter { !$0.isEmpty }
    }
}
