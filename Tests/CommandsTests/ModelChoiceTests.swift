// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

@Suite struct ModelChoiceTests {
    private static let config = """
        {
          agents: { defaults: {
            model: { primary: "anthropic/claude-sonnet-4-5", fallbacks: ["fast", 'openai/gpt-5'] }, // text
            imageModel: "openai/gpt-5",
            models: { "anthropic/claude-haiku-4-5": { alias: "fast" }, "anthropic/claude-sonnet-4-5": {} },
          } },
        }
        """
    private static let updated = "Updated ~/.agenticflow-enterprise/agenticflow-enterprise.json\n"
    private static let unchanged =
        "Unchanged ~/.agenticflow-enterprise/agenticflow-enterprise.json: it says so already.\n"

    @Test func `the default model is set, and its fallbacks stay`() {
        let instance = Instance(config: Self.config)
        let run = instance.run("models set openai/gpt-5.2")
        #expect(run == Transcript(stdout: Self.updated + "Default model: openai/gpt-5.2\n", stderr: "", code: 0))
        #expect(
            instance.config
                == Self.config.replacing(
                    "primary: \"anthropic/claude-sonnet-4-5\"", with: "primary: \"openai/gpt-5.2\""
                )
                .replacing(
                    "\"anthropic/claude-sonnet-4-5\": {} }",
                    with: "\"anthropic/claude-sonnet-4-5\": {}, \"openai/gpt-5.2\": {} }"))
        #expect(instance.run("models set openai/gpt-5.2").stdout == Self.unchanged + "Default model: openai/gpt-5.2\n")
    }

    @Test func `on an empty home the first model makes the file`() throws {
        let instance = Instance()
        #expect(
            instance.run("models set claude-opus-4-5").stdout.hasSuffix("Default model: anthropic/claude-opus-4-5\n"))
        #expect(
            try JSON(instance.config ?? "")["agents.defaults"] == [
                "model": ["primary": "anthropic/claude-opus-4-5"], "models": ["anthropic/claude-opus-4-5": [:]],
            ])
    }

    @Test func `an image model that is a text becomes an object with what is added`() throws {
        let instance = Instance(config: Self.config)
        #expect(
            instance.run("models image-fallbacks add fast").stdout
                == Self.updated + "Image fallbacks: anthropic/claude-haiku-4-5\n")
        #expect(instance.run("models set-image fast").stdout.hasSuffix("Image model: anthropic/claude-haiku-4-5\n"))
        #expect(
            instance.run("config get agents.defaults.imageModel --json").stdout
                == "{\n  \"primary\": \"anthropic/claude-haiku-4-5\",\n  \"fallbacks\": [\n    \"anthropic/claude-haiku-4-5\"\n  ]\n}\n"
        )
        #expect(instance.run("models image-fallbacks clear").stdout == Self.updated + "Image fallback list cleared.\n")
        #expect(instance.run("models image-fallbacks --json").stdout == "{\n  \"fallbacks\": []\n}\n")
    }

    @Test func `a model that its provider does not list is kept with a warning`() {
        let instance = Instance(config: Self.config)
        let run = instance.run("models set anthropic/claude-sonet-4-5")
        #expect(run.code == 0)
        #expect(run.stdout.hasSuffix("Default model: anthropic/claude-sonet-4-5\n"))
        #expect(
            run.stderr
                == "warning: anthropic lists no model \"claude-sonet-4-5\"; it is kept as it is written. "
                + "Did you mean anthropic/claude-sonnet-4-5?\n")
        #expect(instance.run("models set groq/anything/at-all").stderr == "")
    }

    @Test(
        arguments: [
            (["set", "nobody/x"], 65, "There is no provider \"nobody\"."),
            (["set", "antropic/claude-opus-4-5"], 65, "Did you mean anthropic?"),
            (["set", "google/gemini"], 65, "wire format that is not relayed"),
            (["set", "gtp-5"], 65, "Invalid model reference: gtp-5. Did you mean gpt-5?"),
            (["set", "fst"], 65, "Did you mean fast?"),
            (["set", "/x"], 65, "Invalid model reference: /x"), (["set", "x/"], 65, "Invalid model reference: x/"),
            (["set", ""], 65, "Invalid model reference: "), (["set", "openai/a b"], 65, "Invalid model reference"),
            (["set", "openai/a\u{1B}[0m"], 65, "Invalid model reference: openai/a\\u{1b}[0m"),
            (["set", "openai/a\u{0}"], 65, "Invalid model reference"),
            (["set", "openai/" + String(repeating: "x", count: 300)], 65, "up to 256 characters"),
            (["set", "../../etc"], 65, "There is no provider \"..\""),
            (["set", "openai/gpt-5@openai:work"], 65, "It names a profile"),
            (["set", "openai/gpt-5@openai:me@x.org"], 65, "It names a profile"),
            (["set", "gpt-5@openai:work"], 65, "It names a profile"),
            (["set-image", "fast@anthropic:work"], 65, "It names a profile"),
            (["fallbacks", "add", "openai/new@openai:work"], 65, "It names a profile"),
            (["aliases", "add", "quick", "gpt-5@openai:work"], 65, "It names a profile"),
            (["set", "openai/gpt-5", "--agent", "main"], 64, "--agent"),
            (["set-image", "nobody/x"], 65, "There is no provider"),
            (["fallbacks", "add", "nope"], 65, "Invalid model"),
            (["fallbacks", "remove", "openai/o3"], 65, "Fallback not found: openai/o3"),
            (["image-fallbacks", "remove", "openai/o3"], 65, "Image fallback not found: openai/o3"),
            (["aliases", "remove", "fats"], 65, "Alias not found: fats. Did you mean fast?"),
            (["aliases", "add", "a b", "openai/o3"], 64, "is no name for an alias"),
            (["aliases", "add", "a/b", "openai/o3"], 64, "is no name for an alias"),
            (["aliases", "add", "", "openai/o3"], 64, "is no name for an alias"),
            (["aliases", "add", String(repeating: "x", count: 300), "openai/o3"], 64, "is no name for an alias"),
            (["aliases", "add", "default", "openai/o3"], 64, "Clients ask for the default model by that name"),
            (["aliases", "add", "fast", "openai/o3"], 65, "Alias fast already stands for anthropic/claude-haiku-4-5."),
            (["aliases", "list", "--json", "--plain"], 64, "Choose either --json or --plain, not both."),
            (["fallbacks", "list", "--json", "--plain"], 64, "Choose either --json or --plain, not both."),
        ] as [([String], Int32, String)])
    func `what is wrong is refused, and the file stays`(words: [String], code: Int32, says: String) {
        let instance = Instance(config: Self.config)
        let run = instance.run(["models"] + words)
        #expect(run.code == code)
        #expect((run.stderr + run.stdout).contains(says), "\(run.stderr)\(run.stdout)")
        #expect(!run.stderr.contains("\u{1B}"))
        #expect(instance.config == Self.config)
    }

    @Test func `aliases are listed, added and removed`() throws {
        let instance = Instance(config: Self.config)
        #expect(instance.run("models aliases").stdout == "Aliases (1):\n- fast -> anthropic/claude-haiku-4-5\n")
        #expect(
            instance.run("models aliases add Best.1 claude-opus-4-5").stdout
                == Self.updated + "Alias Best.1 -> anthropic/claude-opus-4-5\n")
        #expect(
            instance.run("models aliases add fast fast").stdout == Self.unchanged
                + "Alias fast -> anthropic/claude-haiku-4-5\n")
        #expect(
            instance.run("models aliases list --plain").stdout
                == "Best.1 anthropic/claude-opus-4-5\nfast anthropic/claude-haiku-4-5\n")
        #expect(
            try JSON(instance.run("models aliases list --json").stdout) == [
                "aliases": ["Best.1": "anthropic/claude-opus-4-5", "fast": "anthropic/claude-haiku-4-5"]
            ])
        let replaced = instance.run("models aliases add quick fast")
        // A fallback names it.
        #expect(
            replaced.stderr
                == "agents.defaults.model.fallbacks[0] names a model that no provider is known to offer.\n"
                + "  fix: See what there is: agenticflow-enterprise models list --all, then run: "
                + "agenticflow-enterprise config set 'agents.defaults.model.fallbacks[0]' PROVIDER/MODEL\n"
                + "It takes the place of the alias fast.\n")
        #expect(instance.run("models aliases remove Best.1").stdout == Self.updated + "Alias removed: Best.1\n")
        #expect(instance.run("models aliases remove quick").stdout == Self.updated + "No aliases configured.\n")
        #expect(instance.run("models aliases list").stdout == "Aliases (0):\n- none\n")
        #expect(instance.run("models aliases list --plain").stdout == "")
        #expect(instance.config?.contains("\"anthropic/claude-haiku-4-5\": {") == true)
    }

    @Test(arguments: [("openai/gpt-5", true), ("anthropic/claude-haiku-4-5", false)])
    func `a fallback of another format never gets a request, which is told`(model: String, isTold: Bool) {
        let run = Instance(config: "{agents: {defaults: {model: {primary: 'anthropic/claude-opus-4-5'}}}}")
            .run("models fallbacks add \(model)")
        #expect(run.code == 0)
        #expect(
            run.stderr.hasPrefix("warning: \(model) never takes the place of anthropic/claude-opus-4-5.\n  why: ")
                == isTold,
            "\(run.stderr)")
    }

    @Test func `fallbacks of the image model are listed, added and removed`() throws {
        let instance = Instance(config: Self.config)
        #expect(instance.run("models image-fallbacks").stdout == "Image fallbacks (0):\n- none\n")
        #expect(instance.run("models image-fallbacks list --plain").stdout == "")
        _ = instance.run("models image-fallbacks add fast")
        #expect(
            instance.run("models image-fallbacks add o3").stdout
                == Self.updated + "Image fallbacks: anthropic/claude-haiku-4-5, openai/o3\n")
        #expect(
            instance.run("models image-fallbacks list").stdout
                == "Image fallbacks (2):\n- anthropic/claude-haiku-4-5\n- openai/o3\n")
        #expect(
            instance.run("models image-fallbacks list --plain").stdout == "anthropic/claude-haiku-4-5\nopenai/o3\n")
        #expect(
            try JSON(instance.run("models image-fallbacks list --json").stdout) == [
                "fallbacks": ["anthropic/claude-haiku-4-5", "openai/o3"]
            ])
        #expect(
            instance.run("models image-fallbacks remove fast").stdout == Self.updated + "Image fallbacks: openai/o3\n")
        // Those of the other list are others.
        #expect(instance.run("models fallbacks list --plain").stdout == "anthropic/claude-haiku-4-5\nopenai/gpt-5\n")
    }

    @Test func `fallbacks are listed, added, removed and cleared`() throws {
        let instance = Instance(config: Self.config)
        #expect(
            instance.run("models fallbacks").stdout == "Fallbacks (2):\n- anthropic/claude-haiku-4-5\n- openai/gpt-5\n")
        #expect(instance.run("models fallbacks list --plain").stdout == "anthropic/claude-haiku-4-5\nopenai/gpt-5\n")
        #expect(
            try JSON(instance.run("models fallbacks list --json").stdout) == [
                "fallbacks": ["anthropic/claude-haiku-4-5", "openai/gpt-5"]
            ])
        // Registers it in agents.defaults.models, where it is missing; the list stays.
        #expect(
            instance.run("models fallbacks add openai/gpt-5").stdout == Self.updated + "Fallbacks: fast, openai/gpt-5\n"
        )
        #expect(instance.run("models fallbacks add openai/gpt-5").stdout.hasPrefix(Self.unchanged))
        #expect(instance.run("models fallbacks add o3").stdout.hasSuffix("Fallbacks: fast, openai/gpt-5, openai/o3\n"))
        #expect(
            instance.run("models fallbacks remove anthropic/claude-haiku-4-5").stdout
                == Self.updated + "Fallbacks: openai/gpt-5, openai/o3\n")
        #expect(instance.run("models fallbacks clear").stdout == Self.updated + "Fallback list cleared.\n")
        #expect(instance.run("models fallbacks clear").stdout == Self.unchanged + "Fallback list cleared.\n")
        #expect(instance.run("models fallbacks").stdout == "Fallbacks (0):\n- none\n")
        #expect(instance.run("models status").stdout.contains("Fallbacks (0)"))
    }
}
