// SPDX-License-Identifier: Apache-2.0

/// `models status` in the forms that prompts and monitors repeat, read without ArgumentParser.
///
/// The package finds its commands and flags by reflection, which costs twice what the command itself does
/// (docs/decisions/0010). Only lines that mean the same to it are taken here: help, mistakes, abbreviations and whatever else
/// is for the package, which then starts from the first word.
enum QuickLine {
    /// - Returns: nil when the words are for the package.
    static func status(_ words: [String]) -> StatusRequest? {
        guard words.starts(with: ["models", "status"]) else { return nil }
        var request = StatusRequest()
        var rest = words.dropFirst(2)
        while let word = rest.popFirst() {
            switch word {
            case "--json": request.isJSON = true
            case "--plain": request.isPlain = true
            case "--check": request.isCheck = true
            case "--agent":
                guard let agent = rest.popFirst(), !agent.hasPrefix("-") else { return nil }
                request.agent = agent
            default: return nil
            }
        }
        return request.isJSON && request.isPlain ? nil : request
    }
}
