// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Testing

@testable import Commands

#if canImport(Glibc)
    import Glibc
#endif

/// What a person types because we have told them to must not cost them more than what is wrong.
@Suite struct HarmlessFixTests {
    private static let key = "sk-ant-api03-0123456789abcdef0123456789abcdef0123456789"

    // MARK: Paths

    @Test(
        arguments: [
            ("AGENTICFLOW_STATE_DIR", "/etc/passwd"), ("AGENTICFLOW_STATE_DIR", "/etc/passwd/x"),
            ("AGENTICFLOW_STATE_DIR", "/dev/null"), ("AGENTICFLOW_CONFIG_PATH", "/dev/zero"),
            ("AGENTICFLOW_CONFIG_PATH", "/etc"), ("AGENTICFLOW_CONFIG_PATH", "/usr/lib"),
            ("AGENTICFLOW_AGENT_DIR", "/dev/null"), ("AGENTICFLOW_AGENT_DIR", "/etc/passwd"),
        ],
        ["models status", "doctor --lint", "config validate", "models auth paste-api-key --provider anthropic"])
    func `what a variable names is never moved, and the variable is named`(
        place: (variable: String, path: String), line: String
    ) {
        let instance = Instance()
        instance.environment[place.variable] = place.path
        let run = instance.run(line, typing: "\(Self.key)\n")
        let told = run.stdout + run.stderr
        #expect(!told.contains(" mv ") && !told.contains("chown"), "\(told)")
        let isAsked = place.variable != "AGENTICFLOW_AGENT_DIR" || line != "config validate"
        #expect(told.contains("Name another place in \(place.variable), as in: export \(place.variable)=") == isAsked)
        #expect(!told.contains("readlink"))
    }

    @Test func `a folder of ours that is something else is moved away as before`() {
        let instance = Instance()
        instance.write("agents/main/agent", "no folder")
        let run = instance.run("models status")
        #expect(run.stderr.contains("fix: Move it away: mv ~/.agenticflow-enterprise/agents/main/agent "))
    }

    @Test func `a device inside of the state, or one that the configuration names, is not moved`() {
        let instance = Instance(config: "{agents: {list: [{id: \"x\", agentDir: \"/dev/null\"}]}}")
        let run = instance.run("models status --agent x")
        #expect(!run.stderr.contains("mv "))
        #expect(run.stderr.contains("Name another place for it where the configuration does"), "\(run.stderr)")
    }

    @Test(arguments: [
        ("AGENTICFLOW_CONFIG_PATH", "\"$HOME/.agenticflow-enterprise/agenticflow-enterprise.json\""),
        ("AGENTICFLOW_AGENT_DIR", "\"$HOME/.agenticflow-enterprise/agents/main/agent\""),
        ("AGENTICFLOW_OAUTH_DIR", "\"$HOME/.agenticflow-enterprise/credentials\""),
    ])
    func `a relative path is answered with a whole one of its kind`(variable: String, value: String) {
        let instance = Instance()
        instance.environment[variable] = "rel"
        let run = instance.run("config path")
        #expect(run.code == 78)
        #expect(
            run.stderr.contains("  fix: Set it to an absolute path, as in: export \(variable)=\(value)\n"),
            "\(run.stderr)")
    }

    @Test func `a state directory is not told to move to where it is`() throws {
        let instance = Instance()
        mkdir("\(instance.home)/.git", 0o700)
        _ = instance.run("models status")
        let run = instance.run("doctor --json")
        let findings = try JSON(run.stdout)["checks"]
        guard case .array(let rows) = findings else { return #expect(Bool(false), "no findings") }
        let fix = rows.first { $0["id"] == "state-in-git" }?["fix"]
        #expect(
            fix == "Have git pass over it: printf '%s\\n' /.agenticflow-enterprise/ >> ~/.gitignore", "\(run.stdout)")
    }

    @Test(arguments: [false, true])
    func `a state directory in a work tree is moved before its variable is set`(isUsualTaken: Bool) throws {
        let instance = Instance()
        for name in ["pro ject", "pro ject/.git", isUsualTaken ? ".agenticflow-enterprise" : "other"] {
            mkdir("\(instance.home)/\(name)", 0o700)
        }
        instance.environment["AGENTICFLOW_STATE_DIR"] = "\(instance.home)/pro ject/state"
        #expect(instance.run("env set OPENAI_API_KEY", typing: "sk-proj-0123456789abcdefghijk").code == 0)
        guard case .array(let rows) = try JSON(instance.run("doctor --json").stdout)["checks"] else {
            return #expect(Bool(false), "no findings")
        }
        let place = "~/.agenticflow-enterprise" + (isUsualTaken ? "-2" : "")
        #expect(
            rows.first { $0["id"] == "state-in-git" }?["fix"]
                == .string(
                    "Move it: mv ~/'pro ject/state' \(place) && export AGENTICFLOW_STATE_DIR=\(place); "
                        + "or have git pass over it: printf '%s\\n' /state/ >> ~/'pro ject'/.gitignore"))
    }

    // MARK: The configuration

    @Test func `of several default agents one is chosen, and none is deleted`() throws {
        let text = "{agents: {list: [{id: \"a\", default: true}, {id: \"b\", default: true}]}}"
        let instance = Instance(config: text)
        for line in ["doctor", "config validate"] {
            let said = instance.run(line).stdout
            #expect(said.contains("fix: Choose one: agenticflow-enterprise agents default a\n"), "\(said)")
            #expect(!said.contains("config unset"))
        }
        #expect(instance.run("agents default a").code == 0)
        #expect(instance.config == "{agents: {list: [{id: \"a\", default: true}, {id: \"b\" }]}}")
        #expect(!instance.run("config validate").stdout.contains("default agents"))
    }

    @Test(arguments: [
        ("{gateway: {port: 1},\nmodels: {},\n gateway: {port: 2}}", "Keep one of them (lines 1, 3)", 1),
        ("{\ngateway: {port: 1,\nport: 2}}", "Keep one of them (lines 2, 3)", 2),
        ("{\n\nmodles: {providers: {openai: {apiKey: \"${KEY}\"}}}}", "Correct line 3", 3),
        ("{models: {providers: {\n\"no way\": {apiKey: \"${KEY}\"}}}}", "Correct line 2", 2),
        ("{auth: {order: {openai: [],\nOpenAI: [\"openai:b\"]}}}", "Correct line 2", 2),
    ])
    func `a name that is wrong is corrected at its line, and its value stays`(text: String, words: String, line: Int) {
        let instance = Instance(config: text)
        for command in ["doctor", "config validate"] {
            let said = instance.run(command).stdout
            #expect(
                said.contains(
                    "fix: \(words): \"${EDITOR:-vi}\" +\(line) ~/.agenticflow-enterprise/agenticflow-enterprise.json\n"
                ), "\(said)")
            let fixes = said.split(separator: "\n").filter { $0.contains("  fix: ") }.prefix(1)
            #expect(!fixes.contains { $0.contains("config unset") })
        }
    }

    @Test func `of an order only the entry that is wrong is taken out`() {
        let instance = Instance(config: "{auth: {order: {openai: [\"openai:a\", \"nonsense\"]}}}")
        let said = instance.run("config validate").stdout
        #expect(said.contains("config unset 'auth.order.openai[1]')"), "\(said)")
        #expect(instance.run(["config", "unset", "auth.order.openai[1]"]).code == 0)
        #expect(instance.config == "{auth: {order: {openai: [\"openai:a\" ]}}}")
    }

    @Test func `of an order with comments only what is gone is taken out`() {
        let instance = Patient.healthy(
            Patient.config(order: "order: {anthropic: [\"anthropic:x\", /* first */ \"anthropic:work\"]},"))
        let said = instance.run("doctor").stdout
        #expect(said.contains("fix: Run: agenticflow-enterprise config unset 'auth.order.anthropic[0]'\n"), "\(said)")
    }

    @Test(arguments: [
        ("agents.list.coder.model", "agenticflow-enterprise config get agents.list"),
        ("agents[0].model", "agenticflow-enterprise config get agents"),
    ])
    func `what holds other values is not taken away for one`(path: String, look: String) {
        let instance = Instance(config: "{agents: {list: [{id: \"a\"}]}}")
        let run = instance.run(["config", "set", path, "x", "--allow-unknown"])
        #expect(run.code == 65)
        #expect(run.stderr.hasSuffix("See them with: \(look)\n") && !run.stderr.contains("unset"), "\(run.stderr)")
    }

    // MARK: Stores

    private static let flat =
        "{\"openai\":{\"apiKey\":\"sk-flat-0123456789abcdef\"},\"xai\":{\"apiKey\":\"xai-flat-0123456789abcdef\"}}"

    @Test func `a flat store is told, also beside profiles, and converted without loss`() throws {
        let instance = Instance(store: Self.flat)
        for line in ["models status", "models auth list"] {
            let told = instance.run(line).stderr
            #expect(told.contains("in the flat shape of an older program: openai, xai.\n"), "\(told)")
            #expect(told.contains("  fix: Run: agenticflow-enterprise doctor --fix\n"))
        }
        for id in ["anthropic:manual", "openai:default"] {
            let provider = id.prefix { $0 != ":" }
            let run = instance.run(
                "models auth paste-api-key --provider \(provider) --profile-id \(id)",
                typing: provider == "openai" ? "sk-new-0123456789abcdef0123456789\n" : "\(Self.key)\n")
            #expect(run.code == 0, "\(run.stderr)")
        }
        // What stood there stands there still, byte by byte.
        #expect(instance.store?.hasPrefix(String(Self.flat.dropLast())) == true)
        #expect(try JSON(instance.store ?? "")["version"] == 1)
        #expect(instance.run("models status").stderr.contains("in the flat shape"))
        #expect(instance.run("doctor --fix --yes").code == 0)
        let store = try JSON(instance.store ?? "")
        #expect(store["openai"] == nil && store["xai"] == nil)
        #expect(store["profiles.anthropic:manual.key"] == .string(Self.key))
        #expect(store["profiles.openai:default.key"] == "sk-new-0123456789abcdef0123456789")
        #expect(store["profiles.openai:default-2.key"] == "sk-flat-0123456789abcdef")
        #expect(store["profiles.xai:default.key"] == "xai-flat-0123456789abcdef")
        #expect(!instance.run("models status").stderr.contains("flat"))
        #expect(instance.run("doctor --fix --yes").stdout.contains("flat") == false)
    }

    @Test func `a key under apiKey is used, and nothing else is said`() {
        let instance = Instance(
            store:
                "{\"version\": 1, \"profiles\": {\"openai:a\": {\"type\": \"api_key\", \"provider\": \"openai\", \"apiKey\": \"sk-0123456789abcdef\"}}}"
        )
        #expect(instance.run("models explain --model openai/gpt-5").stdout.contains("openai:a"))
        for line in ["models status", "doctor"] {
            let run = instance.run(line)
            let told = run.stdout + run.stderr
            #expect(told.contains("has its key under apiKey; the field's name is key."), "\(told)")
            #expect(told.contains("why: It is used all the same;") && !told.contains("not used"), "\(told)")
        }
    }

    // MARK: Lines that are understood

    @Test func `a reference is stored under the usual id`() throws {
        let instance = Instance()
        let run = instance.run("models auth add --provider groq --ref env:MY_GROQ_KEY")
        #expect(run.code == 0, "\(run.stderr)")
        #expect(run.stdout.contains("Auth profile: groq:manual (groq/api_key)\n"))
        #expect(try JSON(instance.store ?? "")["profiles.groq:manual.keyRef.id"] == "MY_GROQ_KEY")
        let lacking = instance.run("models auth add --ref env:MY_GROQ_KEY")
        #expect(lacking.code == 64)
        #expect(
            lacking.stderr.contains(
                "fix: Run: agenticflow-enterprise models auth add --provider openai --ref env:MY_GROQ_KEY\n"))
    }

    @Test(arguments: [
        ("nobody", "api_key", false), ("anthropic", "oauth", false), ("anthropic", "token", true),
    ])
    func `only what can be stored is told to be stored again`(provider: String, mode: String, isTold: Bool) {
        let instance = Instance(
            config: "{auth: {profiles: {\"\(provider):y\": {provider: \"\(provider)\", mode: \"\(mode)\"}}}}")
        let said = instance.run("doctor").stdout
        #expect(said.contains("auth-profile-note-orphan"), "\(said)")
        #expect(said.contains("store it again") == isTold, "\(said)")
    }

    @Test func `a gateway that listens there is not to be restarted`() throws {
        let instance = Instance(config: "{gateway: {port: 18799}}")
        let gateway = PretendGateway(
            instance, noting: ", \"configuredHost\": \"127.0.0.1\", \"configuredPort\": 18799", answers: nil)
        defer { withExtendedLifetime(gateway) {} }
        #expect(instance.run("config set gateway.port 18801").stderr.contains("restart the running gateway"))
        #expect(
            instance.run("config set gateway.port 18799").stderr
                == "The running gateway listens there already: nothing is to be restarted.\n")
    }

    @Test func `what the way back takes away is not called restored`() {
        let instance = Instance()
        instance.write("agents/main/agent/auth.json", "{\"openai\": {\"key\": \"sk-0123456789abcdef\"}}")
        #expect(instance.run("doctor --fix --yes").code == 0)
        let run = instance.run("doctor --undo")
        #expect(run.code == 0, "\(run.stderr)")
        for line in run.stdout.split(separator: "\n").dropLast() where !line.hasPrefix("Left closed") {
            let path = line.split(separator: " ").last.map { String($0).replacing("~", with: instance.home) } ?? ""
            let isThere = FileManager.default.fileExists(atPath: path)
            #expect(line.hasPrefix(isThere ? "Restored " : "Removed "), "\(line)")
        }
        #expect(run.stdout.contains("Removed ") && run.stdout.contains("Restored "))
    }

    @Test(arguments: [
        "paste-token --provider openrouter --expires-in -1d", "paste-token --provider openrouter --expires-in=-1d",
        "rotate openrouter:a --expires-in -1d", "setup-token --expires-in -1d",
        "add --provider openrouter --type token --expires-in -1d",
    ])
    func `a value that begins with a dash is a value`(line: String) {
        let run = Instance().run("models auth \(line)", typing: "sk-or-0123456789abcdef\n")
        #expect(run.code == 64)
        #expect(!run.stderr.contains("needs a value"), "\(run.stderr)")
    }

    @Test(arguments: [
        ("models auth odrer get", "For example: agenticflow-enterprise models auth order get --provider anthropic"),
        (
            "models auth odrer get --provider openai",
            "Run: agenticflow-enterprise models auth order get --provider openai"
        ),
        ("modles status --chekc", "Run: agenticflow-enterprise models status"),
    ])
    func `a slip in the middle of a line keeps what follows it`(line: String, fix: String) {
        let run = Instance().run(line)
        #expect(run.code == 64)
        #expect(run.stderr.hasSuffix("  fix: \(fix)\n"), "\(run.stderr)")
    }

    @Test func `our own switches are shown as they are`() {
        let instance = Instance()
        instance.environment["AGENTICFLOW_LOAD_SHELL_ENV"] = "1"
        instance.environment["AGENTICFLOW_SHELL_ENV_TIMEOUT_MS"] = "500"
        let said = instance.run("env list").stdout
        #expect(said.contains("- AGENTICFLOW_LOAD_SHELL_ENV=1 from"), "\(said)")
        #expect(said.contains("- AGENTICFLOW_SHELL_ENV_TIMEOUT_MS=500 from"))
    }
}
