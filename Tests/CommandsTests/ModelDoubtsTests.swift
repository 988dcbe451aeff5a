// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite struct ModelDoubtsTests {
    private static let store =
        #"{"version": 1, "profiles": {"openai:work": {"type": "api_key", "provider": "openai", "key": "sk-proj-aaaaaaaaaaaaaaaa"}}}"#

    private static func instance(_ primary: String, fallback: String = "openai/gpt-5", image: String = "openai/gpt-4o")
        -> Instance
    {
        Instance(
            config: """
                {agents: {defaults: {model: {primary: "\(primary)", fallbacks: ["\(fallback)"]}, imageModel: "\(image)",
                  models: {"openai/gpt-5-mini": {alias: "fast"}, "openai/gpt-six": {alias: "new"}}}}}
                """, store: store)
    }

    @Test func `models in use that nobody lists are told by status and doctor`() throws {
        let instance = Self.instance("openai/gpt-55", fallback: "new", image: "openai/gtp-4o")
        let sentences = [
            "Default model openai/gpt-55: openai lists no model \"gpt-55\". Did you mean openai/gpt-5?",
            "Fallback new: openai lists no model \"gpt-six\".",
            "Image model openai/gtp-4o: openai lists no model \"gtp-4o\". Did you mean openai/gpt-4o?",
        ]
        let status = instance.run("models status --check")
        #expect(status.stderr == sentences.map { "warning: \($0)\n" }.joined())
        #expect(status.code == 0)
        #expect(
            try JSON(instance.run("models status --json").stdout)["modelWarnings"]
                == .array(sentences.map { .string($0) }))
        #expect(instance.run("models status --plain") == Transcript(stdout: "openai/gpt-55\n", stderr: "", code: 0))
        let doctor = try JSON(instance.run("doctor --lint --json --only model-doubtful").stdout)
        #expect(doctor["checks.0.severity"] == "warning")
        #expect(doctor["checks.0.fix"] == "Run: agenticflow-enterprise models set openai/gpt-5")
        #expect(
            doctor["checks.1.fix"]
                == "See what there is: agenticflow-enterprise models list --all --provider openai")
        #expect(doctor["checks.2.fix"] == "Run: agenticflow-enterprise models set-image openai/gpt-4o")
        #expect(doctor["checks.3"] == nil)
    }

    @Test(arguments: ["openai/gpt-5.2", "fast", "gpt-5.2", "groq/anything", "nobody/x"])
    func `of a model that is listed, whose provider lists none, or that leads nowhere nothing is doubted`(
        model: String
    ) throws {
        let instance = Self.instance(model)
        #expect(try JSON(instance.run("models status --json").stdout)["modelWarnings"] == [])
    }

    @Test(arguments: ["openai/gpt-5.2@openai:work", "gpt-5.2@work", "fast@openai:gone"])
    func `one that names a profile is that model, and told`(model: String) throws {
        let instance = Self.instance(model)
        let reference = model.hasPrefix("fast") ? "openai/gpt-5-mini" : "openai/gpt-5.2"
        let profile = model.hasSuffix("gone") ? "openai:gone" : "openai:work"
        let status = try JSON(instance.run("models status --json").stdout)
        #expect(status["resolvedDefault"] == .string(reference))
        #expect(
            status["modelWarnings"] == [
                .string(
                    "Default model \(model): it names a profile, so neither another credential nor a fallback takes the "
                        + "place of \(profile).")
            ])
        #expect(instance.run("models explain").stdout.contains("Next for \(reference): "))
        let list = try JSON(instance.run("models list --json").stdout)
        #expect(list["models.0.key"] == .string(reference))
        #expect(list["models.0.missing"] == false)
    }
}
