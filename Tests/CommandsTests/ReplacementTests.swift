// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Rotation
import Testing

@Suite struct ReplacementTests {
    private static let store = """
        {"version": 1, "note": "mine", "profiles": {
          "openai:manual": {"type": "api_key", "provider": "openai", "key": "sk-old-123456", "email": "me@x.org", "mine": [1]},
          "other:x": {"type": "magic", "provider": "other", "spell": "abc"}
        }, "lastGood": {"openai": "openai:manual"}}
        """

    @Test func `a new key takes the place of the old one, and everything else stays`() throws {
        let instance = Instance(store: Self.store)
        _ = instance.run("models auth paste-api-key --provider openai", typing: "sk-new-123456")
        #expect(instance.store == Self.store.replacing("sk-old-123456", with: "sk-new-123456"))
        #expect(
            try JSON(instance.config ?? "")["auth.profiles.openai:manual"] == [
                "provider": "openai", "mode": "api_key", "email": "me@x.org",
            ])
    }

    @Test func `what was held against the old key is forgotten, its use is not`() throws {
        let instance = Instance(store: Self.store)
        try instance.hold("openai:manual", .authPermanent, for: 600)
        _ = instance.run("models auth paste-api-key --provider openai", typing: "sk-new-123456")
        var cleared = Health()
        cleared.lastUsed = Instance.now - 60
        #expect(try instance.health(of: "openai:manual") == cleared)
    }

    @Test func `the same key again is no new credential`() throws {
        let instance = Instance(store: Self.store)
        try instance.hold("openai:manual", .billing, for: 600)
        let before = try instance.health(of: "openai:manual")
        _ = instance.run("models auth paste-api-key --provider openai", typing: "sk-old-123456")
        #expect(try instance.health(of: "openai:manual") == before)
        #expect(instance.store == Self.store)
    }

    @Test func `what other programs noted in the store does not hold against the new key either`() throws {
        let until = Int((Instance.now.timeIntervalSince1970 + 600) * 1000)
        let instance = Instance(
            store: Self.store.replacing(
                "\"lastGood\"", with: "\"usageStats\": {\"openai:manual\": {\"disabledUntil\": \(until)}}, \"lastGood\""
            ))
        #expect(instance.run("models auth list --json").stdout.contains("disabled_billing"))
        _ = instance.run("models auth paste-api-key --provider openai", typing: "sk-new-123456")
        #expect(!instance.run("models auth list --json").stdout.contains("disabled_billing"))
    }

    @Test func `an order of the configuration takes the new profile first, and keeps its comments`() {
        let config = """
            // ours
            {
              auth: {
                order: {
                  'OpenAI': ['openai:a', "openai:manual"], // keep
                  anthropic: ["anthropic:a"],
                },
              },
              gateway: {port: 1234},
            }
            """
        let instance = Instance(config: config, store: Self.store)
        let run = instance.run("models auth paste-api-key --provider openai", typing: "sk-new-123456")
        #expect(run.code == 0)
        let expected = """
            // ours
            {
              auth: {
                order: {
                  'OpenAI': ["openai:manual", 'openai:a' ], // keep
                  anthropic: ["anthropic:a"],
                },
                "profiles": {
                  "openai:manual": {
                    "provider": "openai",
                    "mode": "api_key",
                    "email": "me@x.org"
                  }
                },
              },
              gateway: {port: 1234},
            }
            """
        #expect(instance.config == expected)
    }

    @Test func `nobody gets an order who had none`() throws {
        let instance = Instance(config: "{auth: {order: {openai: []}}}")
        _ = instance.run("models auth paste-api-key --provider openai", typing: "sk-new-123456")
        #expect(instance.config?.contains("openai: []") == true)
    }

    @Test func `whoever is left out by the agent's own order is told`() {
        let instance = Instance(
            store: Self.store.replacing("\"lastGood\"", with: "\"order\": {\"openai\": [\"openai:a\"]}, \"lastGood\""))
        let run = instance.run("models auth paste-api-key --provider openai", typing: "sk-new-123456")
        #expect(
            run.stderr == """
                The API key itself is in ~/.agenticflow-enterprise/agents/main/agent/auth-profiles.json.
                It has taken the place of the API key sk-o...56 that was stored as openai:manual. To have both, store \
                that one again:
                  agenticflow-enterprise models auth paste-api-key --provider openai --profile-id openai:api-key
                Agent main has an order for openai that leaves openai:manual out. To use it:
                  agenticflow-enterprise models auth order set --provider openai --agent main openai:manual openai:a

                """)
    }

    @Test func `a token does not take the place of a login, whose refresh token would be lost`() {
        let store = """
            {"version": 1, "profiles": {"openai:manual": {"type": "oauth", "provider": "openai", "access": "old-access", "refresh": "old-refresh",
              "expires": 1}}}
            """
        let instance = Instance(store: store)
        let run = instance.run("models auth paste-token --provider openai", typing: "new-token-1")
        #expect(run.code == 65)
        #expect(run.stderr.contains("--profile-id openai:token"), "\(run.stderr)")
        #expect(instance.store == store)
    }

    @Test(arguments: ["broken", "", "{\"version\": 2, \"profiles\": {}}", "[]"])
    func `a store that cannot be read is left alone`(text: String) {
        let instance = Instance(store: text)
        let run = instance.run("models auth paste-api-key --provider openai", typing: "sk-new-123456")
        #expect(run.code == 65)
        #expect(run.stderr.contains("auth-profiles.json"))
        #expect(instance.store == text)
        #expect(instance.config == nil)
    }

    @Test func `a configuration that cannot be read stops every change`() {
        let instance = Instance(config: "{auth: ", store: Self.store)
        for words in [
            "paste-api-key --provider openai", "order set --provider openai openai:manual",
            "order clear --provider openai",
        ] {
            let run = instance.run("models auth \(words)", typing: "sk-new-123456")
            #expect(run.code == 78)
            #expect(run.stderr.contains("cannot be read as a configuration"))
        }
        #expect(instance.store == Self.store)
        #expect(instance.config == "{auth: ")
    }

    @Test func `when only the configuration cannot be written, it says that the key is stored`() throws {
        let instance = Instance(config: "{auth: 1}")
        let run = instance.run("models auth paste-api-key --provider openai", typing: "sk-new-123456")
        #expect(run.code == 78)
        #expect(
            run.stderr.contains(
                "openai:manual is stored in ~/.agenticflow-enterprise/agents/main/agent/auth-profiles.json"))
        #expect(run.stdout == "")
        #expect(try JSON(instance.store ?? "")["profiles.openai:manual.key"] == "sk-new-123456")
    }
}
