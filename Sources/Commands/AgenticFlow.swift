// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CProcess
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
            Anywhere: --profile NAME selects another instance with its own state directory; --no-color keeps error
            messages and help plain, as NO_COLOR does.

            Examples:
            agenticflow-enterprise models auth paste-api-key --provider anthropic
            agenticflow-enterprise gateway run
            """,
        version: CredentialFields.version,
        subcommands: [
            GatewayCommand.self, ModelsCommand.self, AgentsCommand.self, ConfigCommand.self, EnvironmentCommand.self,
            DoctorCommand.self, CompletionCommand.self, CompleteCommand.self, ReferenceCommand.self,
        ])
}

/// Runs one command line to its exit code.
package enum Program {
    package static func main() {
        StandardStreams.fillClosed()
        // First of all: what others create for us is for us alone.
        umask(0o077)
        closeMemory()
        // A reader that has gone is an error of the write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        let words = GlobalWords(Array(CommandLine.arguments.dropFirst()))
        // Every command reads these from the environment.
        if let instance = words.instance { setenv("AGENTICFLOW_PROFILE", instance, 1) }
        if words.isColorless { setenv("NO_COLOR", "1", 1) }
        exit(StandardStreams.exitCode(run(words.lacksInstance ? words.rest + ["--profile"] : words.rest, in: nil)))
    }

    /// Nearly every command has secrets in its memory: no core file, no look into it by other programs, and no
    /// backtrace of a crash, which prints what the registers point to. A person who asks for backtraces gets them.
    private static func closeMemory() {
        _ = process_close_memory()
        guard getenv("SWIFT_BACKTRACE") == nil else { return }
        for crash in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] { signal(crash, SIG_DFL) }
    }

    /// - Parameter context: nil for the real world; commands that are no ``ContextCommand`` know that one only.
    /// - Returns: the exit code.
    package static func run(_ arguments: [String], in context: CommandContext?) -> Int32 {
        let finder = OwnPlaces.Finder {
            var places = (context ?? .live()).ownPlaces
            places?.typed = SecretWords.typable(arguments)
            return places
        }
        return OwnPlaces.$finder.withValue(finder) { follow(arguments, in: context) }
    }

    private static func follow(_ arguments: [String], in context: CommandContext?) -> Int32 {
        let quick = QuickLine.status(arguments)
        let arguments = quick == nil ? AgentWords.behindCommand(arguments) : arguments
        let ending = Ending(arguments, on: context?.terminal ?? .standard)
        do {
            if let slip = ending.instanceSlip { throw slip }
            if let conflict = ending.instanceConflict(context) { throw conflict }
            if let quick { return try quick.run(in: context ?? .live()) }
            if let code = ending.ofHelp() { return code }
            var command = try AgenticFlow.parseAsRoot(arguments)
            if let context, let command = command as? any ContextCommand {
                try command.run(in: context)
            } else {
                try command.run()
            }
            return 0
        } catch { return ending.of(error) }
    }
}
