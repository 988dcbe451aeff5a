// SPDX-License-Identifier: Apache-2.0
import Testing

/// What `config set` takes, and says about it: credentials as every other command, and everything else with a word
/// where it leads nowhere.
@Suite struct ConfigValueTests {
    private static let key = "models.providers.anthropic.apiKey"
    private static let text = "{gateway: {port: 18789}, agents: {list: [{id: 'main', default: true}, {id: 'coder'}]}}"

    @Test(arguments: [
        "your-api-key-here", "<your-api-key>", "https://console.anthropic.com/settings/keys", "me@example.com",
        "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxx", "agw_0123456789abcdef", "OPENAI_API_KEY", "env:OPENAI_API_KEY",
        "/run/secrets/key", "(sk-ant-api03-0123456789abcdef)", "sk-ant-api03-0123456789abcdef,",
        "undefined", "sk-ant-oat01-0123456789abcdef0123456789abcdef",
    ])
    func `what is no credential is refused in its field, as rotate does`(typed: String) {
        for words in [
            ["config", "set", Self.key, "--stdin"], ["config", "set", Self.key, "--stdin", "--json"],
            ["config", "set", "models.providers.anthropic", "--stdin"],
        ] {
            let value =
                words.last == "--json" ? "\"\(typed)\"" : words[2] == Self.key ? typed : "{apiKey: \"\(typed)\"}"
            let instance = Instance(config: Self.text)
            let run = instance.run(words, typing: value)
            #expect(run.code == 65, "\(words)")
            #expect(instance.config == Self.text && instance.read("agenticflow-enterprise.json.bak") == nil)
            #expect(!(run.stdout + run.stderr).contains(typed))
        }
    }

    @Test func `a key is taken, with a word about quotes, other vendors and lengths`() {
        let instance = Instance(config: Self.text)
        let quoted = instance.run("config set \(Self.key) --stdin", typing: "`sk-ant-api03-0123456789abcdef`")
        #expect(quoted.code == 0 && quoted.stderr == "The quotes around it were left out.\n")
        let cut = instance.run("config set \(Self.key) --stdin", typing: "sk-ant-api03-0123")
        #expect(cut.code == 0 && cut.stderr.hasPrefix("warning: It looks cut: 4 characters follow sk-ant-api03-\n"))
        let other = instance.run("config set \(Self.key) --stdin", typing: "gsk_0123456789abcdef")
        #expect(other.code == 0)
        #expect(
            other.stderr.hasPrefix(
                "warning: It begins with gsk_: that is a key of Groq, and it is now the value of \(Self.key).\n"))
        #expect(other.stderr.contains("  fix: If so, run: agenticflow-enterprise config unset \(Self.key)."))
        let token = instance.run("config set gateway.auth.token --stdin", typing: "agw_0123456789abcdef")
        #expect(token.code == 0 && token.stderr == "")
    }

    @Test func `a provider of one's own may take anything`() {
        let instance = Instance(config: Self.text)
        let value = "{baseUrl: 'https://lab.example/v1', api: 'openai-completions', apiKey: 'your-api-key'}"
        let run = instance.run(["config", "set", "models.providers.lab", "--stdin"], typing: value)
        #expect(run.code == 0 && run.stderr.hasPrefix("warning: It looks like what instructions write"))
        #expect(instance.run("config validate").stdout.hasSuffix("No problems.\n"))
    }

    @Test(arguments: [
        ("me@example.com", "it is an e-mail address"),
        ("your-api-key", "it is what instructions write where the key belongs"),
        ("sk-ant-api03-0123456789abcdef,", "it ends with \",\", which no key does"),
    ])
    func `validate and doctor warn of what the file holds in a credential's place`(value: String, flaw: String) throws {
        let instance = Instance(config: "{models: {providers: {anthropic: {apiKey: '\(value)'}}}}")
        let validated = instance.run("config validate")
        #expect(validated.code == 0)
        #expect(validated.stdout.contains("warning: \(Self.key) holds no credential: \(flaw).\n"))
        #expect(validated.stdout.contains("  fix: Run: agenticflow-enterprise config set \(Self.key) --stdin\n"))
        #expect(instance.run("doctor").stdout.contains("\(Self.key) holds no credential: \(flaw)."))
    }

    // MARK: What leads nowhere

    @Test(arguments: [
        (
            ["agents.defaults.model", "nope/x"],
            "agents.defaults.model names a model of the provider nope, which is not known."
        ),
        (
            ["agents.defaults.imageModel", "{primary: 'openai/gpt-5', fallbacks: ['nothing']}"],
            "agents.defaults.imageModel.fallbacks[0] names a model that no provider is known to offer."
        ),
        (
            ["agents.list[1].model", "{primary: 'nope/x'}"],
            "agents.list[1].model.primary names a model of the provider nope, which is not known."
        ),
        (
            ["auth.order.openai", "[\"anthropic:work\"]"],
            "auth.order.openai[0] names anthropic:work, which is no profile of openai."
        ),
        (["auth.order.openai", "[\"openai:gone\"]"], "auth.order.openai[0] names openai:gone, which no agent stores."),
        (["agents.list[0]", "null"], "agents.list[0] is null, which stands for no agent."),
    ])
    func `it is set, and said`(words: [String], says: String) {
        let instance = Instance(config: Self.text)
        let run = instance.run(["config", "set"] + words)
        #expect(run.code == 0)
        #expect(run.stderr.hasPrefix(says), "\(run.stderr)")
        let again = instance.run("config set gateway.port 18790")
        #expect(again.stderr == "", "it is said once: \(again.stderr)")
        // What is stored on this host is no matter of the file.
        let validated = instance.run("config validate")
        #expect(validated.code == 0)
        #expect(validated.stdout.contains("warning: \(says)\n") == !says.contains("stores"), "\(validated.stdout)")
    }

    @Test func `what leads somewhere needs no word`() {
        let store =
            "{\"version\": 1, \"profiles\": {\"openai:a\": {\"type\": \"api_key\", \"provider\": \"openai\", \"key\": \"sk-0123456789\"}}}"
        let instance = Instance(config: Self.text, store: store)
        for words in [
            ["agents.defaults.models[\"openai/gpt-5\"]", "{alias: 'quick'}"], ["agents.defaults.model", "quick"],
            ["agents.defaults.model", "{primary: 'openai/gpt-5', fallbacks: ['anthropic/own-model']}"],
            ["auth.order.openai", "[\"openai:a\", \"openai:env\"]"],
        ] {
            let run = instance.run(["config", "set"] + words)
            #expect(run.code == 0 && run.stderr == "", "\(words) \(run.stderr)")
        }
        #expect(instance.run("config validate").stdout.hasSuffix("No problems.\n"))
    }
}
