// SPDX-License-Identifier: Apache-2.0
import Testing

/// A vendor's key that leaves for somebody else's server: told wherever it is stored, and where the configuration and the
/// instance are checked; never refused.
@Suite struct StrayKeyTests {
    private static let key = "sk-ant-api03-CANARY-0123456789abcdefghij"

    private static func config(_ url: String, id: String = "lab", members: String = "") -> String {
        "{models: {providers: {'\(id)': {baseUrl: '\(url)', api: 'openai-completions', \(members)}}}}"
    }

    private static func told(_ instance: Instance, _ id: String = "lab") -> [Bool] {
        let paste = instance.run("models auth paste-api-key --provider \(id)", typing: "\(key)\n")
        #expect(paste.code == 0, "\(paste)")
        let doctor = instance.run("doctor").stdout
        #expect(!(paste.stderr + doctor).contains("CANARY"))
        return [paste.stderr, doctor].map { $0.contains("Whoever runs that server can use it.") }
    }

    @Test(arguments: [
        "https://llm.example.net/v1", "https://anthropic.com.example.net/v1", "https://notanthropic.com/v1",
        "https://203.0.113.7/v1",
    ])
    func `a key for a stranger's server is stored, and told`(url: String) {
        #expect(Self.told(Instance(config: Self.config(url))) == [true, true])
    }

    @Test(arguments: [
        ("http://127.0.0.1:4000/v1", "lab"), ("https://[::1]:4000/v1", "lab"), ("https://10.1.2.3/v1", "lab"),
        ("https://192.168.1.9:8443/v1", "lab"), ("http://proxy.local:4000/v1", "lab"), ("https://litellm/v1", "lab"),
        ("https://llm.corp.internal/v1", "lab"), ("https://api.anthropic.com/v1", "lab"),
        ("https://llm.example.net/v1", "anthropic"), ("https://llm.example.net/v1", "my-anthropic"),
        ("https://gateway.example.net/acct/anthropic", "lab"), ("https://anthropic.proxy.example/v1", "lab"),
    ])
    func `nothing is said of a server nearby, of the vendor's own, and of one that is named as its proxy`(
        url: String, id: String
    ) {
        #expect(Self.told(Instance(config: Self.config(url, id: id)), id) == [false, false])
    }

    @Test func `what is told names the place, and the command that mends it`() {
        let instance = Instance(config: Self.config("https://llm.example.net/v1"))
        let paste = instance.run("models auth paste-api-key --provider lab", typing: "\(Self.key)\n")
        let fix =
            "Where that is a proxy of yours, leave it. Otherwise give it the server's own: agenticflow-enterprise "
        #expect(
            paste.stderr.contains(
                """
                warning: lab:manual begins with sk-ant-: that is a key of Anthropic, and it is sent to llm.example.net.
                  why: Whoever runs that server can use it.
                  fix: \(fix)models auth rotate lab:manual

                """), "\(paste.stderr)")
        #expect(instance.run("models auth rotate lab:manual", typing: "own-key-0123456789\n").code == 0)
        #expect(!instance.run("doctor").stdout.contains("Whoever runs that server"))
    }

    @Test func `the key of the configuration is told by validate, and one that is set there at once`() {
        let instance = Instance(config: Self.config("https://llm.example.net/v1"))
        let set = instance.run("config set models.providers.lab.apiKey --stdin", typing: "\(Self.key)\n")
        let sentence =
            "models.providers.lab.baseUrl is where its apiKey is sent, which begins with sk-ant-: that is a key of "
            + "Anthropic. Whoever runs that server can use it."
        #expect(set.code == 0 && set.stderr.contains(sentence), "\(set)")
        let validate = instance.run("config validate")
        #expect(validate.code == 0 && validate.stdout.contains("warning: \(sentence)"), "\(validate)")
        #expect(validate.stdout.contains("config set models.providers.lab.apiKey --stdin\n"))
        #expect(instance.run("config set models.providers.lab.apiKey --stdin", typing: "own-0123456789\n").code == 0)
        #expect(instance.run("config validate").stdout.contains("No problems."))
    }

    @Test func `another address is told of what is stored already`() {
        let instance = Instance(config: Self.config("http://127.0.0.1:4000/v1"))
        #expect(Self.told(instance) == [false, false])
        let set = instance.run("config set models.providers.lab.baseUrl https://llm.example.net/v1")
        #expect(
            set.code == 0 && set.stderr.contains("models.providers.lab.baseUrl is where lab:manual is sent"), "\(set)")
        // The configuration by itself is in order.
        #expect(instance.run("config validate").stdout.contains("No problems."))
    }
}
