// SPDX-License-Identifier: Apache-2.0
import Rotation
import Testing

@testable import Commands

@Suite struct HelpTests {
    @Test(arguments: CommandOutline.root.everyShown.map(\.words))
    func `help fits a screen of 24 lines of 80, and shows an example`(words: [String]) {
        let text = Instance().run(words + ["--help"]).stdout
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        #expect(lines.count <= 24 && lines.allSatisfy { $0.count <= 80 }, "\(lines.count) lines:\n\(text)")
        #expect(text.contains("\nExample:\n") || text.contains("\nExamples:\n"))
    }

    /// Whoever gives one a secret has given it to the shell's history and to every user of the machine.
    @Test func `no option takes a secret`() {
        let names = CommandOutline.root.everyShown.flatMap(\.arguments).flatMap(\.names)
        let words: Set = ["token", "key", "apikey", "secret", "password", "credential", "pass"]
        let taking = names.filter { name in
            !words.isDisjoint(with: name.split(separator: "-").map(String.init)) && !name.hasPrefix("--generate-")
        }
        #expect(names.contains("--profile-id") && names.count > 100)
        #expect(taking == [])
    }

    @Test func `options that are seldom needed are named in the help`() {
        let text = Instance().run("doctor --help").stdout
        #expect(text.contains("seldom needed (man agenticflow-enterprise-doctor): --all, --allow-exec,"))
        #expect(!text.contains("[--allow-exec]"))
    }

    @Test func `help says what a command is for, how it is typed, and shows an example`() {
        #expect(
            Instance().run("models auth paste-token --help").stdout == """
                Store a token that was made elsewhere.

                Usage: agenticflow-enterprise models auth paste-token --provider <provider>
                         [--profile-id <id>] [--agent <agent>] [--expires-in <duration>]

                The token is typed at a prompt that does not show it, or piped. Without
                --expires-in it counts as valid until it is revoked; only a setup token of
                Anthropic gets its year.

                Options:
                  --provider <provider>    Whose credential it is, such as anthropic.
                  --profile-id <id>        The name to store it under. Without it:
                                           <provider>:manual.
                  --agent <agent>          The agent to store it for. Without it: the default
                                           agent.
                  --expires-in <duration>  How long it is valid: a number with ms, s, m, h or d;
                                           days without a unit.
                  -h, --help               Show help information.

                Example:
                  agenticflow-enterprise models auth paste-token --provider openrouter \\
                    --expires-in 30d

                """)
    }

    @Test func `on a narrow terminal it is narrow`() {
        let instance = Instance()
        instance.columns = 40
        let text = instance.run("models status --help").stdout
        #expect(text.hasPrefix("Which credentials there are, how they\nare, and how long they last.\n"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 40 })
    }

    @Test func `a table that does not fit is told row by row, with every value whole`() throws {
        let instance = Instance(
            store: """
                {"version": 1, "profiles": {"anthropic:work": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-aaaaaaaaaaaa"},
                "anthropic:second": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-bbbbbbbbbbbb"}}}
                """)
        try instance.hold("anthropic:second", .rateLimit, for: 300)
        instance.isOutputTerminal = true
        instance.columns = 60
        let text = instance.run("models explain --model anthropic/claude-sonnet-4-5").stdout
        #expect(
            text.contains(
                """
                anthropic:work
                  STATE     next
                  CODE      ok
                  SOURCE    store:main

                anthropic:second
                  STATE     cooling
                  CODE      cooldown_rate_limit
                  UNTIL     in 5m (2026-09-21T14:18:20Z)
                  EVIDENCE  header: retry-after: 300
                  SOURCE    store:main
                """), "\(text)")
        instance.columns = 120
        #expect(instance.run("models explain --model anthropic/claude-sonnet-4-5").stdout.contains("PROFILE  "))
        // Whoever reads a file wants the table.
        (instance.columns, instance.isOutputTerminal) = (40, false)
        #expect(instance.run("models explain --model anthropic/claude-sonnet-4-5").stdout.contains("PROFILE  "))
    }
}
