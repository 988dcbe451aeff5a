// SPDX-License-Identifier: Apache-2.0
import Credentials

/// The words that mean the same wherever they stand: `--profile NAME`, which selects an instance, and `--no-color`.
/// What comes behind `--` is left alone.
struct GlobalWords: Equatable {
    private(set) var instance: String?
    /// What it makes of the environment, which every command reads; nil takes a variable away. A word that was typed is meant
    /// more than a directory that a shell still exports: with that one, the keys would go to the instance that was not named.
    var variables: [(name: String, value: String?)] {
        guard let instance else { return [] }
        let directory: [(name: String, value: String?)] =
            instance.trimmed.isEmpty ? [] : [("AGENTICFLOW_STATE_DIR", nil)]
        return [("AGENTICFLOW_PROFILE", instance)] + directory
    }
    private(set) var isColorless = false
    /// `--profile` is the last word.
    private(set) var lacksInstance = false
    /// Everything else, in order.
    private(set) var rest: [String] = []

    init(_ arguments: [String]) {
        var words = arguments[...]
        while let word = words.popFirst() {
            switch word {
            case "--":
                rest += [word] + words
                return
            case "--no-color": isColorless = true
            case "--profile":
                if let name = words.popFirst() { instance = name } else { lacksInstance = true }
            case _ where word.hasPrefix("--profile="): instance = String(word.dropFirst("--profile=".count))
            default: rest.append(word)
            }
        }
    }
}
