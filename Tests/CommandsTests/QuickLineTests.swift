// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Testing

@testable import Commands

/// The lines that are read without ArgumentParser mean to it what they mean to us.
@Suite struct QuickLineTests {
    @Test(
        arguments: [
            "", "--json", "--plain", "--check", "--check --json", "--json --check", "--check --plain", "--json --json",
            "--agent work", "--agent work --json --check", "--agent main --agent work", "--agent wörk --check",
        ])
    func `a quick line is read as the package reads it`(flags: String) throws {
        let words = ["models", "status"] + flags.split(separator: " ").map(String.init)
        let parsed = try #require(try AgenticFlow.parseAsRoot(words) as? ModelsStatus)
        #expect(QuickLine.status(words) == parsed.request)
    }

    @Test(
        arguments: [
            "", "models", "models list", "status", "models --json", "models status --help", "models status -h",
            "models status --json --plain", "models status --jso", "models status --json=true", "models status --agent",
            "models status --agent --json", "models status --agent=work", "models status --", "models status -- --json",
            "models status extra", "models status --probe", "models status --status-json", "models status --version",
            "help models status", "models status status", "--json models status",
        ])
    func `whatever else is for the package`(line: String) {
        #expect(QuickLine.status(line.split(separator: " ").map(String.init)) == nil)
    }
}
