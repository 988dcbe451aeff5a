// SPDX-License-Identifier: Apache-2.0
import Credentials
import Testing

@testable import Commands

@Suite struct PrintedFixTests {
    @Test func `the words that commands begin with are those of the program`() {
        let known = CommandOutline.root.shownSubcommands.compactMap(\.words.last)
        #expect(Set(known).subtracting(AddressedLine.commands) == [])
    }

    /// Each says a command on the way.
    @Test(arguments: [
        "models auth logout openai:x --agent main", "modls", "models statsu", "gateway health", "gateway health --json",
        "agents delete coder", "doctor", "doctor --json", "env list", "models status", "models auth list",
        "config get a.b",
        "config get a.b --json", "models explain --model openai/gpt-5", "gateway status",
        "agents add empty --no-inherit",
    ])
    func `with --profile every command that is named is for that instance`(line: String) {
        let instance = Instance(
            config: "{gateway: {port: 0}, agents: {list: [{id: \"main\", default: true}, {id: \"coder\"}]}}")
        let plain = instance.run(line)
        instance.instance = "s"
        let named = instance.run(line)
        let texts = [plain.stdout, plain.stderr].map { AddressedLine.text($0, to: "s") }
        #expect(texts == [named.stdout, named.stderr] || line.hasPrefix("agents"))
        #expect((named.stdout + named.stderr).contains("agenticflow-enterprise --profile s "))
        for command in AddressedLine.commands {
            #expect(!(named.stdout + named.stderr).contains(" agenticflow-enterprise \(command)"))
        }
    }

    @Test func `a value that looks like a command is shown as it is`() {
        let instance = Instance(config: "{notes: \"agenticflow-enterprise models status\"}")
        instance.instance = "s"
        #expect(instance.run("config get notes").stdout == "agenticflow-enterprise models status\n")
        #expect(instance.run("config get notes --json").stdout == "\"agenticflow-enterprise models status\"\n")
        #expect(!instance.run("help models").stdout.contains("--profile s"))
    }
}
