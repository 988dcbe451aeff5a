// SPDX-License-Identifier: Apache-2.0

/// What a rules file holds: a list of rules, or an object with the members `rules` and `forbidden`.
struct RuleScript: Hashable, Sendable {
    var rules: [Rule] = []
    /// Clients' tokens that must not arrive.
    var forbidden: [String] = []

    init(_ json: JSONValue) throws(RuleProblem) {
        let strangers = (json.members ?? []).filter { $0.key != "rules" && $0.key != "forbidden" }
        if let stranger = strangers.first { throw RuleProblem(text: "there is an unknown member, \(stranger.key)") }
        if json.members == nil || json["rules"] != nil { rules = try Rule.list(json) }
        if let tokens = json["forbidden"] { forbidden = try Self.tokens(tokens) }
    }

    init(text: String) throws(RuleProblem) {
        let json: JSONValue
        do throws(JSONFault) {
            json = try JSONParser.parse(Array(text.utf8))
        } catch {
            throw RuleProblem(text: "it is not JSON: \(error.problem) at byte \(error.offset)")
        }
        try self.init(json)
    }

    /// Never says what a token is.
    static func tokens(_ json: JSONValue?) throws(RuleProblem) -> [String] {
        guard let elements = json?.elements else { throw RuleProblem(text: "a JSON list of tokens was expected") }
        return try tokens(elements.map { $0.string ?? "" })
    }

    static func tokens(_ texts: [String]) throws(RuleProblem) -> [String] {
        for (index, text) in texts.enumerated() where text.utf8.count < Prohibitions.shortestToken {
            throw RuleProblem(
                text: "token \(index + 1) is no text of \(Prohibitions.shortestToken) bytes or more, "
                    + "so innocent values would hold it too")
        }
        return texts
    }
}
