// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

/// Variables that are set and not what was meant: said by `env set`, `env list` and the doctor.
@Suite struct VariableDoubtTests {
    private static let af = "agenticflow-enterprise"
    private static let key = "OPENAI_API_KEY=sk-proj-0123456789abcdefghijklmnopqrstuvwxyz\n"

    // MARK: Addresses

    @Test(
        arguments: [
            ("OPENAI_BASE_URL", "http://10.0.0.9/v1", "http://10.0.0.9/v1"),
            ("OPENAI_BASE_URL", "http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
            ("OPENAI_API_BASE", "https://proxy.example/v1/", "https://proxy.example/v1"),
            ("OPENAI_BASE_URL", "https://me:pw-CANARY@proxy.example/v1", "URL"),
            // It goes there anyway.
            ("OPENAI_BASE_URL", "https://api.openai.com/v1", nil), ("OPENAI_API_HOST", "api.openai.com", nil),
            // For clients of this gateway.
            ("OPENAI_BASE_URL", "http://127.0.0.1:18789/v1", nil),
            ("OPENAI_BASE_URL", "http://192.168.1.5:18789/v1", nil),
            // Of nobody whose requests this program sends elsewhere.
            ("LAB_BASE_URL", "http://10.0.0.9/v1", nil),
        ] as [(String, String, String?)])
    func `an address that redirects nothing is told with the line that does`(
        name: String, value: String, url: String?
    ) {
        let instance = Instance()
        instance.write(".env", Self.key)
        let set = instance.run("env set \(name)", typing: value)
        let listed = instance.run("env list").stderr
        let doctor = instance.run("doctor").stdout
        #expect(set.code == 0 && !(set.stderr + listed + doctor).contains("CANARY"))
        guard let url else {
            #expect(set.stderr == "" && listed == "" && !doctor.contains("env-without-effect"))
            return
        }
        let warning = """
            warning: \(name) has no effect: keys of OpenAI go to https://api.openai.com/v1.
              why: Where a provider is, the configuration alone says.
              fix: To send them there, run: \(Self.af) config set models.providers.openai.baseUrl \(url)

            """
        #expect(set.stderr == warning && listed == warning)
        #expect(doctor.contains("\(name) has no effect: keys of OpenAI go to https://api.openai.com/v1."))
        guard url != "URL" else { return }
        let fixed = instance.run("config set models.providers.openai.baseUrl \(url)")
        #expect(fixed.code == 0)
        #expect(instance.run("env list").stderr == "" && !instance.run("doctor").stdout.contains("env-without-effect"))
    }

    @Test func `where no key of the provider is in the environment, an address is only told when it is set`() {
        let instance = Instance()
        instance.write(".env", "OPENAI_BASE_URL=http://10.0.0.9/v1\n")
        #expect(instance.run("env list").stderr == "")
        #expect(!instance.run("doctor").stdout.contains("env-without-effect"))
    }

    @Test(arguments: [
        ("http://127.0.0.1:4000", false), ("http://localhost:4000", false), ("https://gateway.example", false),
        ("https://p.example", true),
    ])
    func `a shell's own address of this machine, or of its gateway, is for its programs`(value: String, isTold: Bool) {
        let instance = Instance(config: "{gateway: {allowedHosts: ['gateway.example']}}")
        instance.write(".env", "ANTHROPIC_API_KEY=sk-ant-api03-0123456789abcdefghijklmnopqrst\n")
        instance.environment["ANTHROPIC_BASE_URL"] = value
        #expect(instance.run("env list").stderr.contains("ANTHROPIC_BASE_URL has no effect") == isTold)
        #expect(instance.run("doctor").stdout.contains("ANTHROPIC_BASE_URL has no effect") == isTold)
    }

    // MARK: Contents of a file that was written by hand

    @Test(arguments: [
        ("your-api-key-here", "it is what instructions write where the key belongs"),
        ("sk-...your-key...", "it is a shortened display of a key (\"...\" or \"****\")"),
        ("password1234", "it is a word or a row that anybody could guess, and no provider gives out as a key"),
        ("https://platform.openai.com/api-keys", "it is a web address"),
    ])
    func `what env set refuses is told of a file`(value: String, flaw: String) {
        let instance = Instance()
        #expect(instance.run("env set OPENAI_API_KEY", typing: value).code != 0)
        instance.write(".env", "OPENAI_API_KEY=\(value)\n")
        let what = "OPENAI_API_KEY of ~/.agenticflow-enterprise/.env is no key: \(flaw)."
        let fix =
            "Put the key in its place: \(Self.af) env set OPENAI_API_KEY; or run: \(Self.af) env unset OPENAI_API_KEY"
        let listed = instance.run("env list").stderr
        #expect(listed.contains("warning: \(what)\n") && listed.contains("  fix: \(fix)\n"), "\(listed)")
        let doctor = instance.run("doctor").stdout
        #expect(doctor.contains("\(what) [credential-ineligible]") && doctor.contains("fix: \(fix)\n"), "\(doctor)")
        #expect(instance.read(".env") == "OPENAI_API_KEY=\(value)\n")
        // A server of one's own may take it.
        _ = instance.run("config set models.providers.openai.baseUrl http://10.0.0.9/v1")
        #expect(!instance.run("env list").stderr.contains("is no key"))
        #expect(!instance.run("doctor").stdout.contains("is no key"))
    }

    @Test(arguments: [
        ("OPENAI_APIKEY", "OPENAI_API_KEY"), ("CLAUDE_API_KEY", "ANTHROPIC_API_KEY"),
        ("GROK_API_KEY", "XAI_API_KEY"),
    ])
    func `a misspelt name in a file is told where nothing reads it`(name: String, right: String) {
        let instance = Instance(store: #"{"version": 1, "profiles": {}}"#)
        instance.write(".env", "\(name)=sk-0123456789abcdefghijklmnopqrstuvwxyz\n")
        let what = "Nothing reads a variable named \(name). Did you mean \(right)?"
        let fix = "Run: \(Self.af) env set \(right), then: \(Self.af) env unset \(name)"
        for text in [instance.run("env list").stderr, instance.run("doctor").stdout] {
            #expect(text.contains(what) && text.contains("fix: \(fix)\n"), "\(text)")
        }
        instance.write(
            "agents/main/agent/auth-profiles.json",
            """
            {"version": 1, "profiles": {"openai:a": {"type": "api_key", "provider": "openai",
              "keyRef": {"source": "env", "id": "\(name)"}}}}
            """)
        #expect(!instance.run("env list").stderr.contains("Nothing reads"))
        #expect(!instance.run("doctor").stdout.contains("Nothing reads"))
    }

    // MARK: Servers that ask for no key

    @Test(arguments: [("vllm", true), ("lab", true), ("openai", false), ("tls", false)])
    func `any word is named for a server that may ask for no key`(provider: String, isNamed: Bool) {
        let instance = Instance(
            config: """
                {agents: {defaults: {model: '\(provider)/some-model'}}, models: {providers: {
                  lab: {baseUrl: 'http://10.0.0.9:8000/v1', api: 'openai-completions'},
                  tls: {baseUrl: 'https://lab.example/v1', api: 'openai-completions'},
                  openai: {baseUrl: 'http://10.0.0.9:8000/v1'}}}}
                """)
        let command = "models auth paste-api-key --provider \(provider)"
        let words = "If the server asks for no key, any word will do: printf EMPTY | \(Self.af) \(command)\n"
        #expect(instance.run("models explain --model \(provider)/some-model").stdout.contains(words) == isNamed)
        guard isNamed else { return }
        #expect(instance.run(command.split(separator: " ").map(String.init), typing: "EMPTY").code == 0)
    }

    // MARK: Orders

    @Test func `a key that an order leaves out is told with the order that takes it in`() {
        let store =
            #"{"version": 1, "profiles": {"openai:manual": {"type": "api_key", "provider": "openai", "key": "sk-proj-0123456789"}}}"#
        let instance = Instance(store: store)
        #expect(instance.run("models auth order set --provider openai openai:manual").code == 0)
        let command = "models auth order set --provider openai --agent main openai:env openai:manual"
        let run = instance.run("env set OPENAI_API_KEY", typing: "sk-proj-abcdefghijklmnopqrstuvwxyz")
        #expect(
            run.stderr == """
                Agent main has an order for openai that leaves openai:env out. To use it:
                  \(Self.af) \(command)

                """)
        #expect(instance.run(command).code == 0)
        #expect(instance.run("env set OPENAI_API_KEY", typing: "sk-proj-zyxwvutsrqponmlkjihgfe").stderr == "")
        let configured = Instance(config: "{auth: {order: {openai: ['openai:manual']}}}", store: store)
        #expect(
            configured.run("env set OPENAI_API_KEY_2", typing: "sk-proj-abcdefghijklmnopqrstuvwxyz").stderr == """
                auth.order.openai of the configuration leaves openai:env out. To use it, give agent main an order of its own:
                  \(Self.af) \(command)

                """)
    }
}
