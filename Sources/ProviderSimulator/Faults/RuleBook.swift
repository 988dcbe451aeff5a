// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// What one request gets.
struct Ruling: Hashable, Sendable {
    var label: String
    var fault: Fault
    var parameters: FaultParameters
}

/// The rules in force. Invariant: a rule with `times` is spent exactly that often, whichever event loop asks.
final class RuleBook: Sendable {
    private struct State {
        var rules: [Rule]
        /// Names given to keys that follow no convention, in order of arrival; never a part of the key.
        var strangers: [String: String] = [:]
        /// Requests that `expiring` has answered, by label.
        var served: [String: Int] = [:]
    }

    /// Names given out; the process must not grow with every key that is tried.
    private static let mostStrangers = 10_000

    private let script: [Rule]
    private let state: Mutex<State>

    init(script: [Rule]) {
        self.script = script
        state = Mutex(State(rules: script))
    }

    /// Other rules from here on; names that were given stay.
    func replace(_ rules: [Rule]) {
        state.withLock { state in
            state.rules = rules
            state.served = [:]
        }
    }

    /// Back to the script, with nothing spent.
    func reset() { state.withLock { $0 = State(rules: script) } }

    /// Who asks: a credential by the name it goes by (`none` without one), at an endpoint.
    func question(secret: String?, endpoint: String) -> Rule.Question {
        let spoken = secret.flatMap(KeyConvention.init(key:))
        let label = state.withLock { Self.label(of: secret, spoken, in: &$0) }
        return Rule.Question(secret: secret, label: label, endpoint: endpoint, model: nil, spoken: spoken)
    }

    /// Whether a request is never to be read, which must be known before its body: rules with a model do not count.
    func refusesToRead(_ question: Rule.Question) -> Ruling? {
        state.withLock { state in
            let index = state.rules.firstIndex { $0.model == nil && $0.fits(question) }
            let ruling = Self.ruling(rule: index.map { state.rules[$0] }, question)
            guard ruling.fault == .noRead else { return nil }
            if let index { Self.spend(index, in: &state) }
            return ruling
        }
    }

    /// Decides, and spends the rule that decided.
    func decide(_ question: Rule.Question) -> Ruling {
        state.withLock { state in
            let index = state.rules.firstIndex { $0.fits(question) }
            var ruling = Self.ruling(rule: index.map { state.rules[$0] }, question)
            if let index { Self.spend(index, in: &state) }
            if ruling.fault == .expiring {
                let served = state.served[ruling.label, default: 0]
                if served > 0 || state.served.count < Self.mostStrangers { state.served[ruling.label] = served + 1 }
                ruling.parameters.calls = max(0, (ruling.parameters.calls ?? 3) - served)
            }
            return ruling
        }
    }

    private static func ruling(rule: Rule?, _ question: Rule.Question) -> Ruling {
        if let rule { return Ruling(label: question.label, fault: rule.fault, parameters: rule.parameters) }
        guard let spoken = question.spoken else {
            return Ruling(label: question.label, fault: .unauthorized, parameters: FaultParameters())
        }
        return Ruling(label: question.label, fault: spoken.fault, parameters: spoken.parameters)
    }

    private static func spend(_ index: Int, in state: inout State) {
        if let times = state.rules[index].times { state.rules[index].times = times - 1 }
    }

    private static func label(of secret: String?, _ spoken: KeyConvention?, in state: inout State) -> String {
        guard let secret, !secret.isEmpty else { return "none" }
        if let named = state.rules.first(where: { $0.credential == secret })?.label { return named }
        if let spoken { return spoken.label }
        if let known = state.strangers[secret] { return known }
        guard state.strangers.count < mostStrangers else { return "unknown" }
        let name = "unknown-\(state.strangers.count + 1)"
        state.strangers[secret] = name
        return name
    }
}
