// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// On an empty home the first command makes the usual state directory, whichever command it is.
@Suite struct FirstCommandTests {
    @Test(arguments: [
        "models", "models status", "models explain", "models list", "models auth list",
        "models auth order get --provider anthropic", "config get", "config validate", "config path", "env list",
        "agents list", "doctor", "doctor --json", "models aliases list",
    ])
    func `the first command makes the state directory for us alone, and nothing in it`(words: String) {
        let instance = Instance()
        _ = instance.run(words)
        #expect(instance.mode(of: "") == 0o700)
        #expect(instance.files == [])
    }

    @Test(arguments: [
        "help", "--help", "models status --help", "--version", "completion bash", "help models auth", "models statuss",
        "---complete models auth list --provider -- positional@0 ant",
    ])
    func `what looks at no instance makes nothing`(words: String) {
        let instance = Instance()
        _ = instance.run(words)
        #expect(instance.mode(of: "") == nil)
    }

    @Test(arguments: [
        "models", "models status", "models explain", "models list", "models auth list", "config get", "config validate",
        "env list", "agents list", "doctor", "gateway status", "gateway token --show", "models aliases list",
    ])
    func `one that a variable names is made by what is stored, and until then is said not to be there`(words: String) {
        let instance = Instance()
        instance.environment["AGENTICFLOW_STATE_DIR"] = "\(instance.home)/typo"
        let told =
            "~/typo is not there yet, and the first thing that is stored makes it. (AGENTICFLOW_STATE_DIR names it.)\n"
        #expect(instance.run(words).stderr.hasPrefix(told))
        #expect(instance.files == [] && instance.mode(of: "") == nil)
        #expect(instance.run("env set OPENAI_API_KEY", typing: "sk-test-0123456789").stderr.hasPrefix(told))
        #expect(instance.files == ["typo", "typo/.env", "typo/.env.lock"])
        #expect(!instance.run(words).stderr.contains("is not there yet"))
    }

    @Test func `missing folders above it are made by what is stored, not by looking`() {
        let instance = Instance()
        instance.environment["AGENTICFLOW_STATE_DIR"] = "\(instance.home)/a/b/state"
        #expect(instance.run("models status").code == 0)
        var status = stat()
        #expect(lstat("\(instance.home)/a", &status) != 0)
        #expect(instance.run("env set OPENAI_API_KEY", typing: "sk-test-0123456789").code == 0)
        #expect(lstat("\(instance.home)/a/b/state", &status) == 0 && status.st_mode & 0o777 == 0o700)
        #expect(lstat("\(instance.home)/a", &status) == 0 && status.st_mode & 0o777 == 0o700)
    }

    @Test func `a link that leads nowhere is not followed`() {
        let instance = Instance()
        symlink("\(instance.home)/elsewhere", instance.state)
        _ = instance.run("models status")
        #expect(access("\(instance.home)/elsewhere", F_OK) == -1)
    }

    @Test(arguments: ["/proc/nobody/state"])
    func `where it cannot be made, a look goes on without a word`(path: String) {
        let instance = Instance()
        instance.environment["AGENTICFLOW_STATE_DIR"] = path
        let run = instance.run("models status --plain")
        #expect(run.stdout == "anthropic/claude-opus-4-5\n")
    }
}

/// `--agent` before the words of a command.
@Suite struct AgentWordTests {
    private static let config = "{agents: {list: [{id: 'main', default: true}, {id: 'coder'}]}}"

    @Test(arguments: [
        "models --agent coder status --json", "models --agent=coder status --json", "models --agent coder --json",
        "models --agent coder auth list --json", "models auth --agent coder list --json",
        "models auth --agent=coder order get --provider openai --json",
        "models auth order --agent coder get --provider openai --json", "--agent coder models status --json",
        "--agent=coder models auth list --json", "--agent coder models --json",
    ])
    func `it counts there as it does behind them`(words: String) throws {
        let run = Instance(config: Self.config).run(words)
        #expect(run.code == 0)
        #expect(try JSON(run.stdout)["agentId"] == "coder")
    }

    @Test func `an agent that does not exist is refused there too`() {
        let run = Instance(config: Self.config).run("models --agent nobody auth list")
        #expect(run.code == 64)
        #expect(run.stderr.hasPrefix("error: There is no agent \"nobody\"."))
    }

    @Test(arguments: [
        "models --agent coder set anthropic/x", "models --agent coder aliases list", "--agent coder config path",
        "--agent coder", "--agent coder doctor",
    ])
    func `a command that has no agent refuses it`(words: String) {
        let instance = Instance(config: Self.config)
        let run = instance.run(words)
        #expect(run.code == 64)
        #expect(run.stderr.contains("has no option --agent"))
        #expect(instance.config == Self.config)
    }
}

/// Variables that stand in the wrong place of the configuration, or hold nothing that can be used.
@Suite struct MisplacedVariableTests {
    private static let config = "{env: {XAI_API_KEY: 'xai-CANARY-0123456789', MODE: 'x', vars: {}, wars: {}}}"

    @Test func `a variable right under env is reported with where it belongs`() throws {
        let instance = Instance(config: Self.config)
        let validated = instance.run("config validate")
        #expect(validated.code == 0)
        for name in ["XAI_API_KEY", "MODE"] {
            #expect(
                validated.stdout.contains(
                    "warning: env.\(name) has no effect here; allowed: env.vars.\(name).\n  fix: Keep it out of the "
                        + "configuration: agenticflow-enterprise env set \(name) (or move it to env.vars.\(name)), then: "
                        + "agenticflow-enterprise config unset env.\(name)\n"))
        }
        #expect(validated.stdout.contains("env.wars is not a key that has a meaning here; did you mean vars?"))
        #expect(instance.run("models status").stderr.contains("warning: env.XAI_API_KEY has no effect here"))
        let ids = try JSON(instance.run("doctor --json --only config-unknown-key --only config-plaintext-key").stdout)
        #expect(ids["checks.0.id"] == "config-unknown-key" || ids["checks.0.id"] == "config-plaintext-key")
        let text = instance.run("doctor").stdout
        #expect(text.contains("env.XAI_API_KEY stands where it has no effect."))
        #expect(text.contains("env.XAI_API_KEY holds a key as it is."))
        #expect(!text.contains("env.MODE holds a key"))
        #expect(!(text + validated.stdout).contains("CANARY"))
    }

    @Test(arguments: ["x", "70000", "-1"])
    func `a port of the environment that is none is told`(text: String) {
        let instance = Instance()
        instance.environment["AGENTICFLOW_GATEWAY_PORT"] = text
        #expect(instance.run("models status").stderr.contains("AGENTICFLOW_GATEWAY_PORT is no port"))
        #expect(instance.run("gateway status").stdout.contains("AGENTICFLOW_GATEWAY_PORT is no port"))
    }
}

/// `models.providers.<p>.apiKey` as a reference.
@Suite struct ConfiguredReferenceTests {
    private static let key = "sk-test-openai-CANARY-1234"

    private func instance(_ reference: String) -> Instance {
        Instance(config: "{models: {providers: {openai: {apiKey: \(reference)}}}}")
    }

    @Test func `a variable stands in for the key, and the place is what is shown`() throws {
        let instance = Instance()
        let set = instance.run(["config", "set", "models.providers.openai.apiKey", "{source: 'env', id: 'LAB'}"])
        #expect(set.code == 0)
        #expect(try JSON(instance.config ?? "")["models.providers.openai.apiKey"] == ["source": "env", "id": "LAB"])
        let missing = instance.run("models status")
        #expect(
            missing.stderr.contains(
                "models.providers.openai.apiKey refers to env:LAB.\n  why: The variable LAB is not set."))
        #expect(missing.stdout.contains("openai:config unresolved_ref: "))
        instance.environment["LAB"] = Self.key
        let found = instance.run("models status")
        #expect(found.stdout.contains("models.json=ref:env:LAB"))
        #expect(found.stdout.contains("- openai effective=models.json:"))
        #expect(!(found.stdout + found.stderr).contains("CANARY"))
        #expect(try JSON(instance.run("models explain --model openai/x --json").stdout)["next"] == "openai:config")
        #expect(instance.run("config get models.providers.openai.apiKey.id").stdout == "LAB\n")
        #expect(instance.run("config validate").stdout.hasSuffix("No problems.\n"))
    }

    @Test func `a private file stands in for it`() {
        let instance = Instance()
        instance.write("key.txt", Self.key + "\n")
        instance.write(
            "agenticflow-enterprise.json",
            "{models: {providers: {openai: {apiKey: {source: 'file', id: '\(instance.state)/key.txt'}}}}}")
        #expect(instance.run("models status").stdout.contains("- openai effective=models.json:ref:file:"))
    }

    @Test(arguments: ["{source: 'env'}", "{source: 'keychain', id: 'x'}", "{id: 'X'}", "{source: 'env', id: 'lower'}"])
    func `what is no reference is an error, and no key`(reference: String) {
        let run = instance(reference).run("config validate")
        #expect(run.code == 78)
        #expect(run.stdout.contains("error: models.providers.openai.apiKey is no reference"))
    }

    @Test func `a key among the words is refused as before`() {
        let run = Instance().run(["config", "set", "models.providers.openai.apiKey", Self.key])
        #expect(run.code == 64)
        #expect(!run.stderr.contains("CANARY"))
    }
}
