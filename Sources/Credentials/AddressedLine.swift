// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#endif

/// Puts `--profile NAME` into the commands that a text names: typed as they stand, they would change another instance.
package enum AddressedLine {
    private static let program = "agenticflow-enterprise "
    /// The first words of commands; what follows the program's name otherwise is prose.
    package static let commands: Set<String> = [
        "gateway", "models", "agents", "config", "env", "doctor", "completion", "reference", "help",
    ]

    /// The instance of this process, however it was named: for texts that are read by others, in another shell.
    /// Nil where a directory is named: the name says nothing then.
    package static let ofThisProcess =
        getenv(directory) == nil ? getenv("AGENTICFLOW_PROFILE").map { String(cString: $0) } : nil
    private static let directory = "AGENTICFLOW_STATE_DIR"

    package static func text(_ text: String, to instance: String?) -> String {
        // A name that needs quotes is none, and would be no part of JSON: the command itself refuses it.
        guard let instance, !instance.isEmpty, instance.shellWord == instance, text.contains(program) else {
            return text
        }
        var out = ""
        var rest = text[...]
        while let found = rest.firstRange(of: program) {
            out += rest[..<found.upperBound]
            let before = rest[..<found.lowerBound]
            rest = rest[found.upperBound...]
            let next = rest.prefix { $0.isLetter }
            // A part of a path is no command, and what takes the instance away means another one.
            let isOther = ["/", ".", "-u AGENTICFLOW_PROFILE "].contains { before.hasSuffix($0) }
            if !isOther, !namesDirectory(before), commands.contains(String(next)) { out += "--profile \(instance) " }
        }
        return out + rest
    }

    /// A state directory is set for the command, in front of it.
    private static func namesDirectory(_ before: Substring) -> Bool {
        let word = before.split(separator: " ", omittingEmptySubsequences: true).reversed()
            .prefix { $0.contains("=") }
        return before.last == " " && word.contains { $0.hasPrefix("\(directory)=") }
    }
}
