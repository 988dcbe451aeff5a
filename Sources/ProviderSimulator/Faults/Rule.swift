// SPDX-License-Identifier: Apache-2.0

/// One scripted exception to the conventions of the keys. The first rule that fits a request decides.
package struct Rule: Hashable, Sendable {
    /// The credential's whole text.
    package var credential: String?
    /// With `credential`: the name it gets. Alone: the label, read from the key's text, that the rule is for.
    package var label: String?
    /// A path such as `/v1/messages`; nil fits all.
    package var endpoint: String?
    package var model: String?
    /// Requests that the rule is good for; nil for any number.
    package var times: Int?
    package var fault: Fault
    package var parameters = FaultParameters()

    package init(credential: String? = nil, label: String? = nil, fault: Fault, times: Int? = nil) {
        self.credential = credential
        self.label = label
        self.fault = fault
        self.times = times
    }

    func fits(_ question: Question) -> Bool {
        if let credential {
            if credential != question.secret { return false }
        } else if let label, label != question.label {
            return false
        }
        if let endpoint, endpoint != question.endpoint { return false }
        if let model, model != question.model { return false }
        return times != 0
    }

    /// Who asks for what.
    struct Question {
        var secret: String?
        var label: String
        var endpoint: String
        var model: String?
        /// What the secret's text says about itself.
        var spoken: KeyConvention?
    }
}

/// A rule that cannot be read, and why.
package struct RuleProblem: Error, Hashable, Sendable {
    package var text: String
}

extension Rule {
    /// A list of rules, or an object with the members `rules` and `forbidden`.
    package static func list(_ json: JSONValue) throws(RuleProblem) -> [Rule] {
        guard let elements = json["rules"]?.elements ?? json.elements else {
            throw RuleProblem(text: "a JSON list of rules was expected")
        }
        var rules: [Rule] = []
        for (index, element) in elements.enumerated() { rules.append(try Rule(element, number: index + 1)) }
        return rules
    }

    private init(_ json: JSONValue, number: Int) throws(RuleProblem) {
        guard let members = json.members else { throw RuleProblem(text: "rule \(number) is not an object") }
        let known = ["credential", "label", "endpoint", "model", "times", "fault", "parameters"]
        if let stranger = members.first(where: { !known.contains($0.key) }) {
            throw RuleProblem(text: "rule \(number) has an unknown member, \(stranger.key)")
        }
        guard let word = json["fault"]?.string else { throw RuleProblem(text: "rule \(number) names no fault") }
        // A rule takes the same words as a key, so `429-after-5` is one too.
        guard let spoken = KeyConvention(key: "sk-sim-" + word), spoken.label == spoken.fault.rawValue else {
            let all = Fault.allCases.map(\.rawValue).joined(separator: ", ")
            throw RuleProblem(text: "rule \(number) names an unknown fault, \(word); there are: \(all)")
        }
        self.init(
            credential: json["credential"]?.string, label: json["label"]?.string, fault: spoken.fault,
            times: json["times"]?.integer)
        endpoint = json["endpoint"]?.string
        model = json["model"]?.string
        parameters = spoken.parameters
        if let given = json["parameters"] { try parameters.read(given, rule: number) }
    }
}

extension FaultParameters {
    private static let numbers: [String: any WritableKeyPath<FaultParameters, Int?> & Sendable] = [
        "seconds": \.seconds, "calls": \.calls, "events": \.events, "microseconds": \.microseconds, "bytes": \.bytes,
        "delayMilliseconds": \.delayMilliseconds,
    ]

    fileprivate mutating func read(_ json: JSONValue, rule: Int) throws(RuleProblem) {
        for member in json.members ?? [] {
            switch (member.key, member.value) {
            case ("message", .string(let text)): message = text
            case ("location", .string(let text)): location = text
            case ("headers", .object(let fields)):
                for field in fields { headers[field.key] = field.value.string }
            case (let name, let value):
                guard let path = Self.numbers[name], let number = value.integer, number >= 0 else {
                    throw RuleProblem(text: "rule \(rule): parameter \(name) is unknown or has an unfit value")
                }
                self[keyPath: path] = number
            }
        }
    }
}
