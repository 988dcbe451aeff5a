// SPDX-License-Identifier: Apache-2.0
import Credentials
import Settings
import Testing

@Suite struct EnvironmentLayersTests {
    private static let name = "OPENAI_API_KEY"
    private static let known: Set<String> = ["OPENAI_API_KEY", "ANTHROPIC_OAUTH_TOKEN", "HF_TOKEN"]

    /// The same variable in every layer that has a value here.
    private func layers(
        process: String?, cwd: String?, state: String?, config: String?, shell: String? = nil, name: String = name
    ) -> EnvironmentLayers {
        func variables(_ value: String?) -> [String: Secret] { value.map { [name: Secret($0)] } ?? [:] }
        return EnvironmentLayers(process: process.map { [name: $0] } ?? [:], stateDotEnv: variables(state))
            .adding(workingDirectory: variables(cwd), credentialVariables: Self.known)
            .adding(variables(config), as: .config).adding(variables(shell), as: .shell)
    }

    @Test func `the process wins, then the file of the state, then the configuration, then the shell`() {
        #expect(
            layers(process: "a", cwd: "b", state: "c", config: "d", shell: "e").lookup(Self.name)?.value == Secret("a"))
        #expect(
            layers(process: nil, cwd: "b", state: "c", config: "d", shell: "e").lookup(Self.name)?.value == Secret("c"))
        #expect(
            layers(process: nil, cwd: "b", state: nil, config: "d", shell: "e").lookup(Self.name)?.value == Secret("d"))
        #expect(
            layers(process: nil, cwd: "b", state: nil, config: nil, shell: "e").lookup(Self.name)?.value == Secret("e"))
        #expect(layers(process: nil, cwd: "b", state: nil, config: nil).lookup(Self.name) == nil)
        let free = layers(process: nil, cwd: "b", state: "c", config: "d", name: "PLAIN")
        #expect(free.lookup("PLAIN")?.value == Secret("b"))
        #expect(free.lookup("PLAIN")?.layer == .workingDirectory)
    }

    @Test(arguments: ["", " ", "\t\n"])
    func `a blank value counts as unset`(blank: String) {
        #expect(layers(process: blank, cwd: nil, state: "c", config: nil).lookup(Self.name)?.value == Secret("c"))
        #expect(layers(process: blank, cwd: nil, state: blank, config: nil).lookup(Self.name) == nil)
    }

    @Test func `what has no effect is named, and what contradicts`() throws {
        let found = try #require(layers(process: "a", cwd: nil, state: "b", config: "a", shell: " ").lookup(Self.name))
        #expect(found.layer == .process)
        #expect(found.shadows == [.stateDotEnv, .config])
        #expect(found.contradicts == [.stateDotEnv])
    }

    @Test(arguments: [
        "OPENAI_API_KEY", "ANTHROPIC_OAUTH_TOKEN", "HF_TOKEN", "ANTHROPIC_API_KEY_2", "OPENAI_API_KEYS", "NEW_API_KEY",
        "OPENAI_BASE_URL", "X_API_HOST", "X_ENDPOINT", "X_HOMESERVER", "AGENTICFLOW_STATE_DIR",
        "AGENTICFLOW_GATEWAY_TOKEN",
    ])
    func `a cloned repository supplies and redirects no credential`(name: String) {
        let layers = EnvironmentLayers(process: [:])
            .adding(workingDirectory: [name: Secret("x"), "PLAIN": Secret("y")], credentialVariables: Self.known)
        #expect(layers.lookup(name) == nil)
        #expect(layers.lookup("PLAIN")?.value == Secret("y"))
    }
}

@Suite struct EnvironmentKeysTests {
    private func keys(
        _ provider: String, _ variables: [String], process: [String: String], state: [String: String] = [:]
    ) throws -> [String] {
        let layers = EnvironmentLayers(process: process, stateDotEnv: state.mapValues { Secret($0) })
        return try layers.keys(for: #require(ProviderID(provider)), variables: variables)
            .map { "\($0.variable)=\($0.secret.reveal())" }
    }

    private static let anthropic = ["ANTHROPIC_OAUTH_TOKEN", "ANTHROPIC_API_KEY"]

    @Test func `lists come first, then the provider's variables, then the family by name, each key once`() throws {
        let found = try keys(
            "anthropic", Self.anthropic,
            process: [
                "ANTHROPIC_API_KEY": " k1 ", "ANTHROPIC_OAUTH_TOKEN": "o", "ANTHROPIC_API_KEY_B": "k3",
                "ANTHROPIC_API_KEY_A": "k2", "ANTHROPIC_API_KEYS": "l1, l2;l3\nk1  l1", "ANTHROPIC_API_KEY_FILE": "/x",
                "OPENAI_API_KEY": "other",
            ])
        #expect(
            found == [
                "ANTHROPIC_API_KEYS=l1", "ANTHROPIC_API_KEYS=l2", "ANTHROPIC_API_KEYS=l3", "ANTHROPIC_API_KEYS=k1",
                "ANTHROPIC_OAUTH_TOKEN=o", "ANTHROPIC_API_KEY_A=k2", "ANTHROPIC_API_KEY_B=k3",
            ])
    }

    @Test func `a pinned key is the only one`() throws {
        let process = ["AGENTICFLOW_LIVE_MY_OWN_KEY": "pin", "MY_OWN_API_KEY": "k", "MY_OWN_API_KEYS": "l"]
        #expect(try keys("my-own", [], process: process) == ["AGENTICFLOW_LIVE_MY_OWN_KEY=pin"])
        #expect(try keys("my.own", [], process: ["MY_OWN_API_KEY": "k"]) == ["MY_OWN_API_KEY=k"])
    }

    @Test func `a name that Google shares comes last`() throws {
        let process = ["GOOGLE_API_KEY": "g", "GEMINI_API_KEY": "e", "GEMINI_API_KEY_2": "f", "GEMINI_API_KEYS": "l"]
        #expect(
            try keys("google", ["GEMINI_API_KEY", "GOOGLE_API_KEY"], process: process)
                == ["GEMINI_API_KEYS=l", "GEMINI_API_KEY=e", "GEMINI_API_KEY_2=f", "GOOGLE_API_KEY=g"])
    }

    @Test func `keys of the file fill gaps`() throws {
        let state = ["OPENAI_API_KEY": "state", "OPENAI_API_KEY_2": "two"]
        #expect(
            try keys("openai", ["OPENAI_API_KEY"], process: ["OPENAI_API_KEY": "process"], state: state)
                == ["OPENAI_API_KEY=process", "OPENAI_API_KEY_2=two"])
        #expect(
            try keys("openai", ["OPENAI_API_KEY"], process: ["OPENAI_API_KEY": ""], state: state)
                == ["OPENAI_API_KEY=state", "OPENAI_API_KEY_2=two"])
        #expect(try keys("openai", ["OPENAI_API_KEY"], process: ["OPENAI_API_KEYS": " ,; "]) == [])
    }
}
