// SPDX-License-Identifier: Apache-2.0
import Testing

/// What a slip in a command that takes something away is met with: the right name as a question, and nothing to type
/// that would take it away.
@Suite struct NearMissTests {
    private static let af = "agenticflow-enterprise"
    private static let store = """
        {"version": 1, "profiles": {"openai:manual": {"type": "api_key", "provider": "openai", "key": "sk-proj-0123456789"}},
         "order": {"openai": ["openai:manual"]}}
        """
    private static let config = """
        {
          agents: {
            defaults: {
              model: { primary: "openai/gpt-5", fallbacks: ["openai/gpt-5-mini"] },
              imageModel: { primary: "openai/gpt-5", fallbacks: ["openai/gpt-5-mini"] },
              models: { "openai/gpt-5": { alias: "fast" } },
            },
            list: [{ id: "main", default: true }, { id: "coder" }],
          },
        }
        """

    @Test(
        arguments: [
            ("env unset OPENAI_API_KEZ", "OPENAI_API_KEY"), ("models auth logout openai:manul --yes", "openai:manual"),
            ("models auth logout manual --yes", "openai:manual"),
            ("models auth logout openai:manual --agent coder --yes", nil),
            ("models auth rotate manual", "openai:manual"), ("agents delete codr --force", "coder"),
            ("agents delete mian --force", nil), ("agents default codr", "coder"),
            ("agents add x --model opnai/gpt-5", "openai/gpt-5"), ("agents add x --model fsat", "fast"),
            ("config unset gatewy.prt", "gateway.port"), ("config get gateway.prot", "gateway.port"),
            ("models set openai/gpt-5@openai:manul", nil),
            ("models aliases remove fasst", "fast"), ("models fallbacks remove openai/gpt-5-min", "openai/gpt-5-mini"),
            ("models image-fallbacks remove openai/gpt-5-min", "openai/gpt-5-mini"),
            ("config unset agents.defaults.modls", "agents.defaults.models"),
            ("models auth order clear --provider opena", "openai"),
        ] as [(String, String?)])
    func `a name that is nearly one is a question, and the fix takes nothing away`(line: String, meant: String?) throws
    {
        let instance = Instance(config: Self.config, store: Self.store)
        instance.write(".env", "OPENAI_API_KEY=sk-proj-0123456789\n")
        _ = instance.run("models status")
        let before = instance.snapshot
        let run = instance.run(line, typing: "sk-proj-9876543210")
        #expect([64, 65, 66].contains(run.code) && run.stdout.isEmpty)
        #expect(meant.map { run.stderr.contains(" Did you mean \($0)?\n") } != false, "\(run.stderr)")
        let fix = try #require(run.stderr.split(separator: "\n").last)
        for word in ["unset", "logout", "rotate", "delete", "remove", "clear"] {
            #expect(!fix.contains(" \(word) "), "\(fix)")
        }
        // What it names can be typed as it stands, and only looks.
        if let start = fix.firstRange(of: "\(Self.af) ")?.upperBound {
            #expect(instance.run(String(fix[start...])).code == 0, "\(fix)")
        }
        #expect(instance.snapshot == before)
    }
}
