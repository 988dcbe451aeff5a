// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CProcess
import UnixSignals

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The command `provider-simulator`.
package enum SimulatorProgram {
    package static func main() async { await SimulatorCommand.main() }
}

struct SimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provider-simulator",
        abstract: "Serve Anthropic's and OpenAI's wire formats, with faults on demand.",
        discussion: HelpText.discussion)

    @Option(help: "Port to listen on; 0 takes any that is free.") var port = 0
    @Option(help: "Address to listen on.") var host = "127.0.0.1"
    @Option(help: ArgumentHelp("PEM file of the certificate chain; serves https.", valueName: "file"))
    var tlsCert: String?
    @Option(help: ArgumentHelp("PEM file of its private key.", valueName: "file")) var tlsKey: String?
    @Option(help: ArgumentHelp("JSON file of rules; they go before what keys say.", valueName: "file"))
    var rules: String?
    @Option(
        help: ArgumentHelp(
            "File of clients' tokens, one a line: each that arrives is refused and counted.", valueName: "file"))
    var forbid: [String] = []
    @Flag(help: "Let the official SDKs in, to try the simulator without a gateway.") var allowSdkAgents = false
    @Option(help: "Event loops.") var threads = 2

    func run() async throws {
        do {
            try await serve(try options())
        } catch let problem as StartProblem {
            problem.print()
            throw ExitCode(problem.code)
        }
    }

    func options() throws(StartProblem) -> Simulator.Options {
        guard (tlsCert == nil) == (tlsKey == nil) else { throw .halfTLS }
        guard (0...65_535).contains(port), threads > 0 else { throw .unfitNumber }
        var options = Simulator.Options()
        options.host = host
        options.port = port
        options.allowsSDKAgents = allowSdkAgents
        options.threads = threads
        if let tlsCert, let tlsKey { options.tls = Simulator.TLSFiles(certificate: tlsCert, key: tlsKey) }
        for file in forbid { options.forbidden += try InputFile(path: file).tokens() }
        if let rules {
            let script = try InputFile(path: rules).ruleScript()
            options.rules = script.rules
            options.forbidden += script.forbidden
        }
        return options
    }

    private func serve(_ options: Simulator.Options) async throws {
        // A thousand open streams need more descriptors than a shell usually gives; without them, as many as it gives.
        _ = process_raise_file_limit()
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let simulator: Simulator
        do {
            simulator = try await Simulator.start(options)
        } catch {
            throw StartProblem.notStarted(host: host, port: port, usesTLS: options.tls != nil, "\(error)")
        }
        let started: JSONValue = [
            "port": .integer(simulator.port), "url": .string(simulator.url), "pid": .integer(Int(getpid())),
        ]
        print(started)
        fflush(nil)
        for await _ in signals { break }
        try await simulator.stop()
    }
}
