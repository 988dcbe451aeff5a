// SPDX-License-Identifier: Apache-2.0
import Testing

/// A variable that has another value in the running gateway than here, or none there.
@Suite struct OtherValueTests {
    struct OtherValue: Sendable, CustomTestStringConvertible {
        /// Where the command has it from; nil for the file.
        var isInShell: Bool
        /// Of the gateway; nil when it has none.
        var layer: String?
        var mask = "sk-o...er"
        /// Of the fix; nil when there is nothing to warn of.
        var fix: String?
        var testDescription: String { "\(isInShell ? "shell" : "file") beside \(layer ?? "nothing")" }
    }

    private static let again = "Start the gateway again without that variable, and give it this one with: "
    private static let others = [
        OtherValue(isInShell: true, layer: "process", fix: again),
        OtherValue(isInShell: true, layer: "stateDotEnv", fix: "To give the gateway this one: "),
        OtherValue(isInShell: true, layer: "config", fix: "To give the gateway this one: "),
        OtherValue(isInShell: true, layer: "shell", fix: "To give the gateway this one: "),
        OtherValue(isInShell: true, layer: "of-later", fix: "Change it there, or look at: "),
        OtherValue(isInShell: true, layer: nil, fix: "Put it into "),
        OtherValue(isInShell: true, layer: "process", mask: "sk-t...re", fix: nil),
        OtherValue(
            isInShell: false, layer: "process",
            fix: "Start the gateway again without that variable, so that what is here counts; or "),
        // It is about to read the file.
        OtherValue(isInShell: false, layer: "stateDotEnv", fix: nil),
        OtherValue(isInShell: false, layer: nil, fix: nil),
        OtherValue(isInShell: false, layer: "stateDotEnv", mask: "sk-t...re", fix: nil),
    ]

    @Test(arguments: others)
    func `doctor, models status and env list say the same of a value that the gateway does not have`(
        row: OtherValue
    ) throws {
        let instance = Instance()
        if row.isInShell {
            instance.environment["OPENAI_API_KEY"] = "sk-test-0123456789-here"
        } else {
            instance.write(".env", "OPENAI_API_KEY=sk-test-0123456789-here\n")
        }
        let entry = row.layer.map { EnvironmentCommandTests.entry("OPENAI_API_KEY", $0, row.mask) } ?? ""
        let gateway = PretendGateway(instance, answers: EnvironmentCommandTests.answer(entry))
        let finding = try JSON(instance.run("doctor --json --only env-gateway-unseen").stdout)["checks.0"]
        for line in ["env list", "models status"] {
            let warning = instance.run(line).stderr
            guard let fix = row.fix else {
                #expect(finding == nil && warning.isEmpty)
                continue
            }
            guard case .string(let what)? = finding?["what"], case .string(let why)? = finding?["why"],
                case .string(let found)? = finding?["fix"]
            else { return #expect(finding != nil) }
            #expect(warning == "warning: \(what)\n  why: \(why)\n  fix: \(found)\n")
            #expect(found.hasPrefix(fix), "\(found)")
            #expect(what.hasPrefix(row.layer == nil ? "The gateway does not have" : "The gateway has another value"))
        }
        withExtendedLifetime(gateway) {}
    }
}
