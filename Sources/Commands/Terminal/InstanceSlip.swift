// SPDX-License-Identifier: Apache-2.0
import Credentials

/// `--profile openai:work`, where the profile of a credential was meant: `--profile` names an instance, and no instance has
/// a colon in its name.
struct InstanceSlip: ActionableError {
    let advice: Advice
    var exitCode: ExitStatus { .usage }

    /// - Parameters:
    ///   - instance: the value of `--profile`; nil without it.
    ///   - words: the rest of the line.
    /// - Returns: nil when the value is no id of a profile.
    init?(_ instance: String?, in words: [String]) {
        guard let instance, let id = ProfileID(instance.trimmed) else { return nil }
        let command = CommandOutline.root.following(words).command
        let option = command.arguments.contains { $0.names.contains("--profile-id") } ? "--profile-id " : ""
        let isFree = !words.contains { $0 == "--profile-id" || $0.hasPrefix("--profile-id=") }
        advice = Advice(
            what: "There is no instance \"\(id)\"." + (option.isEmpty ? "" : " Did you mean \(option)\(id)?"),
            why: "--profile names an instance of the product, with a state directory of its own; "
                + "\(id) is the id of a credential.",
            fix: option.isEmpty
                ? "Leave --profile out. How \(command.shortName) is told of a credential: \(command.line) --help"
                : isFree
                    ? "Run the same command with \(option)\(id) in the place of --profile \(id)"
                    : "Run the same command without --profile \(id)")
    }
}
