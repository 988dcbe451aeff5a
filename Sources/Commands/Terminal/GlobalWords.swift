// SPDX-License-Identifier: Apache-2.0

/// The words that mean the same wherever they stand: `--profile NAME`, which selects an instance, and `--no-color`.
/// What comes behind `--` is left alone.
struct GlobalWords: Equatable {
    private(set) var instance: String?
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
