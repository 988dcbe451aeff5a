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
        subcommands: [GatewayCommand.self, ModelsCommand.self, ConfigCommand.self, EnvironmentCommand.self])
}

/// Runs one command line to its exit code.
package enum Program {
    package static func main() {
        // First of all: what others create for us is for us alone.
        umask(0o077)
        // A reader that has gone is an error of the write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        exit(run(selectInstance(Array(CommandLine.arguments.dropFirst())), in: nil))
    }

    /// - Parameter context: nil for the real world; commands that are no ``ContextCommand`` know that one only.
    /// - Returns: the exit code.
    package static func run(_ arguments: [String], in context: CommandContext?) -> Int32 {
        let terminal = context?.terminal ?? .standard
        do {
            var command = try AgenticFlow.parseAsRoot(arguments)
            if let context, let command = command as? any ContextCommand {
                try command.run(in: context)
            } else {
                try command.run()
            }
            return 0
        } catch let error as any ActionableError {
            terminal.report(error, asJSON: arguments.contains("--json"))
            return error.exitCode.rawValue
        } catch {
            let code = AgenticFlow.exitCode(for: error)
            let message = AgenticFlow.fullMessage(for: error)
            if message.isEmpty { return code.rawValue }
            if code.isSuccess { terminal.print(message + "\n") } else { terminal.notice(message) }
            return code.rawValue
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
