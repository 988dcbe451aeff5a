// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// The shells that can be served.
enum Shell: String, CaseIterable, ExpressibleByArgument {
    case bash, zsh, fish
}

struct CompletionCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion", abstract: "Print the script that completes command lines in a shell.",
        discussion: """
            make install puts the scripts where the shells look. Without it, load one yourself:
              source <(agenticflow-enterprise completion bash)     # in ~/.bashrc
              source <(agenticflow-enterprise completion zsh)      # in ~/.zshrc
              agenticflow-enterprise completion fish | source      # in config.fish

            Completion reads files alone: it asks no gateway and no network.

            Example: agenticflow-enterprise completion bash
            """)

    @Argument(help: "The shell.")
    var shell: Shell

    func run(in context: CommandContext) { context.terminal.printAsItIs(CompletionScript.text(for: shell)) }
}

/// What the scripts call at every press of the key.
struct CompleteCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "complete", abstract: "Say what may follow a command line that is being typed.",
        discussion: """
            The words come behind --, the program's name left out; the last one is what is being typed. Each line of the \
            answer is a word, a tab and what it means; ":files" or ":directories" calls for the shell's own.

            Example: agenticflow-enterprise complete -- models auth paste-token --prov
            """,
        shouldDisplay: false)

    @Argument(parsing: .postTerminator, help: ArgumentHelp("The words so far.", valueName: "words"))
    var words: [String] = []

    func run(in context: CommandContext) {
        context.terminal.printAsItIs(Completer(words, in: context).lines.map { $0 + "\n" }.joined())
    }
}
