// SPDX-License-Identifier: Apache-2.0
import Credentials

/// Puts `--profile NAME` into the commands that a text names, when that is how this one was addressed: typed as they
/// stand, they would change another instance.
enum AddressedLine {
    private static let names = CommandOutline.root.subcommands.compactMap(\.words.last) + ["help"]

    static func text(_ text: String, to instance: String?) -> String {
        let program = CommandOutline.program + " "
        // A name that needs quotes is none, and would be no part of JSON: the command itself refuses it.
        guard let instance, instance.shellWord == instance, text.contains(program) else { return text }
        var out = ""
        var rest = text[...]
        while let found = rest.firstRange(of: program) {
            out += rest[..<found.upperBound]
            let before = rest[..<found.lowerBound]
            rest = rest[found.upperBound...]
            let next = rest.prefix { $0.isLetter }
            // A part of a path is no command, and what takes the instance away means another one.
            let isOther = ["/", ".", "-u AGENTICFLOW_PROFILE "].contains { before.hasSuffix($0) }
            if !isOther, names.contains(String(next)) { out += "--profile \(instance) " }
        }
        return out + rest
    }
}
