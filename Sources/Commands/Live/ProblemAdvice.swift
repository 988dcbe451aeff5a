// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import Settings

extension InstanceProblem {
    /// What happened, why, and what to type: also where the reader has but a sentence or two.
    var told: Advice {
        if let advice { return advice }
        if let variable {
            return Advice(
                what: text, why: "A credential stands in a header of each request.",
                fix: "Run: agenticflow-enterprise env set \(variable.shellWord)")
        }
        if let cause, let repair { return Advice(what: text, why: cause, fix: repair) }
        if let reference { return Advice(sentences: text, fix: Self.fix(for: reference)) }
        switch place {
        case .configuration:
            return Advice(
                what: text, why: cause ?? "It is not used as it stands.", fix: repair ?? Self.validate)
        case .environmentFile:
            guard let line = DotEnvLinePlace(text) else {
                return Advice(sentences: text, fix: "Look at: agenticflow-enterprise env list")
            }
            return Advice(what: text, why: "The line sets nothing.", fix: line.fix)
        case .store:
            return Advice(
                what: text, why: cause ?? "It is kept as it is, and not used.", fix: repair ?? Advice.seeDoctor)
        }
    }

    /// `error` or `warning`.
    var word: String { severity == .error ? "error" : "warning" }

    private static let validate = "See where: agenticflow-enterprise config validate"

    /// None of them puts a secret in the place of the reference.
    private static func fix(for reference: SecretReference) -> String {
        switch reference.source {
        case .env: "Run: agenticflow-enterprise env set \(reference.id.shellWord)"
        case .file: Advice.seeDoctor
        case .exec: "Look at: agenticflow-enterprise doctor --allow-exec"
        }
    }
}

/// Where a line that cannot be read stands: read back from the problem's text, which begins with it.
struct DotEnvLinePlace {
    let path: String
    let line: Int

    init?(_ text: String) {
        guard let mark = text.firstRange(of: ", line "),
            let line = Int(text[mark.upperBound...].prefix { $0.isNumber })
        else { return nil }
        path = String(text[..<mark.lowerBound])
        self.line = line
    }

    /// The line may hold a secret: it is opened, not shown.
    var fix: String { "Correct the line: \"${EDITOR:-vi}\" +\(line) \(path.shellWord)" }
}

extension Advice {
    static let seeDoctor = "Look at: agenticflow-enterprise doctor"

    /// Of a text that says what happened, and then why.
    init(sentences text: String, fix: String = Advice.seeDoctor) {
        guard let end = text.firstRange(of: ". ") else {
            self.init(what: text, why: "What it is about is not used.", fix: fix)
            return
        }
        self.init(what: "\(text[..<end.lowerBound]).", why: String(text[end.upperBound...]), fix: fix)
    }

    /// - Parameter element: as ``literal`` writes it. Nil for anything else.
    init?(_ element: Element) {
        guard let what = element["error"]?.string, let why = element["why"]?.string, let fix = element["fix"]?.string
        else { return nil }
        self.init(what: what, why: why, fix: fix)
    }

    var literal: Literal {
        .object([.init("error", .string(what)), .init("why", .string(why)), .init("fix", .string(fix))])
    }
}

extension [Advice] {
    /// Beside `problems`, which has the same as texts, in the same order.
    var member: Literal.Member { .init("advice", .array(map(\.literal))) }
}

extension Advice {
    /// Whether the other one has told it: the same trouble with the same thing, or with what holds it.
    func isCovered(by other: Advice) -> Bool {
        guard why == other.why, fix == other.fix else { return false }
        return what == other.what || what.hasPrefix("\(other.what.prefix { $0 != " " })/")
    }
}

extension GatewayAbsence {
    /// Whether the gateway is hidden by what has been told already.
    func isCovered(by said: [Advice]) -> Bool {
        guard case .hidden(let hidden) = self else { return false }
        return said.contains(hidden.cause.advice)
    }
}
