// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import FoundationEssentials
import Testing

@testable import ProviderSimulator

@Suite struct CommandTests {
    @Test func `the help names every fault and shows an example`() {
        let help = SimulatorCommand.helpMessage(columns: 120)
        #expect(Fault.allCases.filter { !help.holds("  \($0.rawValue) ") } == [])
        #expect(help.holds("sk-sim-<fault>-<label>") && help.holds("curl -s http://127.0.0.1:8099/v1/messages "))
    }

    @Test func `the user's page names every fault too`() throws {
        let root = #filePath.components(between: "/").dropLast(3).joined(separator: "/")
        let bytes = try #require(FileManager.default.contents(atPath: "/\(root)/docs/provider-simulator.md"))
        let page = String(decoding: bytes, as: UTF8.self)
        #expect(Fault.allCases.filter { !page.holds("`\($0.rawValue)`") && !page.holds("`\($0.rawValue)-N`") } == [])
    }

    @Test(arguments: [
        (["--tls-cert", "a"], StartProblem.halfTLS), (["--port", "70000"], .unfitNumber),
        (["--threads", "0"], .unfitNumber),
        (["--rules", "/nowhere"], .unreadableFile("/nowhere")),
        (["--forbid", "/nowhere"], .unreadableFile("/nowhere")),
    ])
    func `a start that cannot be says why`(words: [String], problem: StartProblem) async throws {
        let command = try #require(try SimulatorCommand.parseAsRoot(words) as? SimulatorCommand)
        #expect(throws: problem) { try command.options() }
        #expect(!problem.advice.what.isEmpty && !problem.advice.why.isEmpty && !problem.advice.fix.isEmpty)
    }
}
