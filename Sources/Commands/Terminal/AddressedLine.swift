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
            let before = rest[..<found.lowerBound].last ?? " "
            rest = rest[found.upperBound...]
            let next = rest.prefix { $0.isLetter }
            // As a part of a path it is no command.
            if before != "/", before != ".", names.contains(String(next)) { out += "--profile \(instance) " }
        }
        return out + rest
    }
}
