// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Credentials
import Providers

#if canImport(Glibc)
    import Glibc
#endif

/// The words of the command line, from the first on.
struct AgenticFlow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agenticflow-enterprise",
        abstract: "A gateway that owns the credentials of AI model providers.",
        discussion: """
            First key:    agenticflow-enterprise models auth paste-api-key --provider anthropic
            Serve:        agenticflow-enterprise gateway run
            What is used: agenticflow-enterprise models status

            --profile NAME, anywhere, selects another instance with its own state directory.
            """,
        version: CredentialFields.version,
        subcommands: [GatewayCommand.self, ModelsCommand.self])
}

/// Runs one command line to its exit code.
package enum Program {
    package static func main() {
        // First of all: what others create for us is for us alone.
        umask(0o077)
        // A reader that has gone is an error of the write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        let arguments = selectInstance(Array(CommandLine.arguments.dropFirst()))
        do {
            var command = try AgenticFlow.parseAsRoot(arguments)
            try command.run()
        } catch let error as any ActionableError {
            Terminal.standard.report(error, asJSON: arguments.contains("--json"))
            exit(error.exitCode.rawValue)
        } catch {
            AgenticFlow.exit(withError: error)
        }
    }

    /// Takes `--profile NAME` out: it selects an instance, which every command reads from the environment.
    static func selectInstance(_ arguments: [String]) -> [String] {
        var rest: [String] = []
        var words = arguments[...]
        while let word = words.popFirst() {
            if word == "--" { return rest + [word] + words }
            if word == "--profile", let name = words.popFirst() {
                setenv("AGENTICFLOW_PROFILE", name, 1)
            } else if word.hasPrefix("--profile=") {
                setenv("AGENTICFLOW_PROFILE", String(word.dropFirst("--profile=".count)), 1)
            } else {
                rest.append(word)
            }
        }
        return rest
    }
}
