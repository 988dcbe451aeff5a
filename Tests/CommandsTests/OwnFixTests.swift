// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Commands

/// A fix names the command that was typed, or what it can do, and nothing that is refused next.
@Suite struct OwnFixTests {
    @Test(arguments: [
        ("env set X", "env set X"), ("config set gateway.auth.token --stdin", "config set gateway.auth.token --stdin"),
        ("models auth rotate openai:a", "models auth rotate openai:a"),
        ("env set sk-proj-0123456789abcdef0123", "env set"),
    ])
    func `a text that is too long names the command that it was for`(line: String, command: String) {
        let ending = Ending(
            line.split(separator: " ").map(String.init),
            on: Terminal.silent { said in
                #expect(
                    said.contains(
                        "  fix: Pipe the value alone: printf %s \"$VALUE\" | agenticflow-enterprise \(command)\n"))
            })
        #expect(ending.of(TerminalError.tooLong(nil)) == 65)
    }

    @Test func `unset does not speak of set`() {
        let run = Instance().run("env unset 1A")
        #expect(run.code == 64)
        #expect(
            run.stderr.hasSuffix(
                "  fix: See what is set: agenticflow-enterprise env list, then run: agenticflow-enterprise env unset NAME\n"
            ))
        #expect(Instance().run("env set 1A").stderr.contains("env set ANTHROPIC_API_KEY"))
    }

    @Test(arguments: ["100001d", "999999d", "9000000000000"])
    func `the longest duration is told`(typed: String) {
        let run = Instance().run("models auth paste-token --provider openai --expires-in \(typed)")
        #expect(run.code == 64 && run.stderr.contains("up to 100000 days"))
    }

    @Test func `an unknown model is bad input wherever it is named`() {
        let instance = Instance(config: "{}")
        for line in ["models set nope/x", "models fallbacks add nope/x", "agents add second --model nope/x"] {
            #expect(instance.run(line).code == 65, "\(line)")
        }
    }
}

extension Terminal {
    fileprivate static func silent(_ notices: @escaping @Sendable (String) -> Void) -> Terminal {
        Terminal(
            output: { _ in }, notices: notices, input: { .text("") }, isOutputTerminal: false, isNoticeTerminal: false)
    }
}
