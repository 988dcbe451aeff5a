// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import FoundationEssentials
import Rotation
import Settings

/// `models explain` for people, from the explanation's own JSON: the gateway's and the files' read alike.
struct ExplanationReport {
    struct Row: Equatable {
        var profile: String
        var source: String
        var state: String
        var code: String
        var reason: String?
        var until: Date?
        var evidence: String?
        var kind: String

        init(_ entry: Element) {
            func text(_ key: String) -> String { entry[key]?.string ?? "" }
            profile = text("profile")
            source = text("source")
            kind = text("type")
            state = text("state")
            code = text("code")
            reason = entry["reason"]?.string
            until = entry["until"]?.integer.map { Date(milliseconds: $0) }
            evidence = entry["evidence"].flatMap { $0["text"]?.string.map { $0.isEmpty ? nil : $0 } ?? nil }
            if let origin = entry["evidence"]?["origin"]?.string {
                evidence = evidence.map { "\(origin): \($0)" } ?? origin
            }
        }
    }

    let model: String
    let provider: String
    let orderSource: String
    let next: String?
    let fallbacks: [String]
    let rows: [Row]
    /// What the files hold and the gateway does not list yet.
    let pending: [Candidate]
    private let configured: ConfiguredModels
    private let isPinned: Bool
    private let session: Session?
    /// What a client would be told, when nobody is next.
    private let refusal: String?
    /// The model that serves the request instead of it.
    private let servedBy: String?
    private let isLeftOut: Bool
    /// Why nothing can be sent to the provider, when that is so.
    private let fault: Advice?
    /// The configuration cannot be read, and no gateway says who is next.
    private let halt: Halt?
    private let isFromFiles: Bool
    private let noCredential: MissingCredential
    private let now: Date
    /// What is doubtful about the model, and what was probably meant; nil unless the gateway said so.
    private let doubt: String?
    private let guess: String?

    /// Whom a session was served with last.
    private struct Session {
        var name: String
        var profile: String?
    }

    enum Halt {
        case noGateway
        /// One runs, or may.
        case unseenGateway
    }

    init(
        _ root: Element, isFromFiles: Bool, configured: ConfiguredModels, pending: [Candidate],
        noCredential: MissingCredential, halt: Halt? = nil, now: Date
    ) {
        self.halt = halt
        self.configured = configured
        self.pending = pending
        let model = root["model"]?.string ?? ""
        self.model = model
        provider = root["provider"]?.string ?? ""
        orderSource = root["orderSource"]?.string ?? ""
        next = halt != nil ? nil : root["next"]?.string
        fallbacks = root["fallbacks"]?.elements.compactMap(\.string) ?? []
        rows =
            root["candidates"]?.elements.map { entry in
                var row = Row(entry)
                if halt != nil, row.state == Explanation.State.next.rawValue {
                    row.state = Explanation.State.ready.rawValue
                }
                return row
            } ?? []
        isPinned = root["pinned"]?.string != nil
        session = root["session"]?["name"]?.string.map {
            Session(name: $0, profile: root["session"]?["profile"]?.string)
        }
        let isUnknown = root["unavailable"]?["profileCode"]?.string == SkipCode.unknownProfile.rawValue
        // What else there is to say of that is said as an error.
        refusal =
            isUnknown
            ? root["pinned"]?.string.map { "No credentials found for profile \"\($0)\"." }
            : root["unavailable"]?["message"]?.string.map(Self.withoutThisCommand)
        servedBy = root["unavailable"]?["servedBy"]?.string
        isLeftOut = root["unavailable"]?["leftOut"] != nil
        fault = root["unavailable"]?["fault"].flatMap { Advice($0) }
        doubt = root["doubt"]?.string
        guess = root["didYouMean"]?.string
        self.isFromFiles = isFromFiles
        self.noCredential = noCredential
        self.now = now
    }

    /// What clients are told names the command that shows why: here that is the one that was just typed.
    private static func withoutThisCommand(_ message: String) -> String {
        let command = "agenticflow-enterprise models explain"
        return message.split(separator: ". ", omittingEmptySubsequences: false)
            .filter { sentence in !["See: ", "All of them: "].contains { sentence.hasPrefix($0 + command) } }
            .joined(separator: ". ")
    }

    /// - Parameter width: of the terminal; nil when the lines go elsewhere.
    func lines(width: Int?) -> [String] {
        var lines = [headline, ""]
        lines += rows.isEmpty && pending.isEmpty ? ["No candidates."] : table(width)
        lines += reasons
        lines.append("")
        lines.append("Order: \(orderSentence)")
        lines.append("Fallbacks: \(fallbackSentence)")
        if let session { lines.append("Session: \(sentence(of: session))") }
        if let servedBy {
            lines.append("Served by: \(servedBy), the first fallback that can be asked")
        } else if next == nil, !isPinned, fault == nil, halt == nil, let refusal {
            lines.append("Clients are told: \(refusal)")
        }
        if rows.isEmpty, pending.isEmpty, !isPinned, fault == nil, halt == nil { lines += noCredential.lines(provider) }
        return lines
    }

    // MARK: What is next, and why

    private var headline: String {
        guard let next else {
            return "Next for \(provider)/\(model): \(halt == .unseenGateway ? "unknown" : "none"). \(whyNone)"
        }
        return "Next for \(provider)/\(model): \(next). \(why(next))"
    }

    private func why(_ next: String) -> String {
        guard let row = rows.first(where: { $0.profile == next }) else { return "" }
        if isPinned { return "The request names it." }
        if row.code == SkipCode.cooldownTransient.rawValue {
            return
                "Nothing else is left, so it is tried although it cools down\(row.until.map { " \($0.written(from: now))" } ?? "")."
        }
        if let session, session.profile == next { return "Session \(session.name) keeps it while it is available." }
        return orderSource == "automatic"
            ? "It is available, and the longest unused of its kind." : "It is the first available one of that order."
    }

    private var whyNone: String {
        switch halt {
        case .noGateway: return "The configuration cannot be read, and no gateway starts without it."
        case .unseenGateway:
            return "The configuration cannot be read here, and what the gateway has read cannot be told."
        case nil: break
        }
        if let fault { return fault.sentences }
        if rows.isEmpty, !pending.isEmpty { return "The gateway has not seen what was just stored." }
        if rows.isEmpty {
            if isPinned { return refusal ?? "" }
            return noCredential.isUnknown
                ? "What is stored cannot be read." : "No API key found for provider \"\(provider)\"."
        }
        if isLeftOut { return "The order leaves out every credential that could be sent." }
        if isPinned {
            return refusal ?? "The request names a profile that cannot be used now, and no other may take its place."
        }
        guard let soonest = rows.filter({ $0.state == "cooling" || $0.state == "disabled" }).compactMap(\.until).min()
        else {
            return "None of the credentials can be used."
        }
        return "All of them wait, the soonest \(soonest.written(from: now))."
    }

    private func sentence(of session: Session) -> String {
        let source = isFromFiles ? "as the journal remembers" : "as the gateway knows"
        guard let profile = session.profile else {
            return "\(session.name) has no credential of its own for \(provider) yet (\(source))"
        }
        return "\(session.name) was served with \(profile) last (\(source))"
            + (profile == next ? "" : "; it gets another one, because that one cannot be used now")
    }

    private var orderSentence: String {
        switch orderSource {
        case "store":
            "set for this agent (agenticflow-enterprise models auth order get --provider \(provider)\(noCredential.words))"
        case "config": "auth.order of the configuration"
        default: "automatic (logins, tokens, keys, then the environment; the longest unused first)"
        }
    }

    private var fallbackSentence: String {
        if !fallbacks.isEmpty { return fallbacks.joined(separator: ", ") }
        if configured.fallbacks.isEmpty { return "none" }
        if isPinned || configured.resolvedDefault != "\(provider)/\(model)" {
            return "none (they take the place of the configured default model alone)"
        }
        return "none of \(configured.fallbacks.joined(separator: ", ")) serves the same endpoint"
    }

    // MARK: The candidates

    private func table(_ width: Int?) -> [String] {
        Table(
            headings: ["PROFILE", "STATE", "CODE", "UNTIL", "EVIDENCE", "SOURCE"],
            rows: rows.map { row in
                [
                    row.profile, row.state, row.code, row.until.map { $0.written(from: now) } ?? "-",
                    row.evidence ?? "-", row.source,
                ]
            } + pending.map { [$0.id.text, "pending", "-", "-", "-", $0.source.label] }
        ).lines(width: width)
    }

    /// Of those that no waiting brings back.
    private var reasons: [String] {
        // What concerns the provider has been said.
        let lines = rows.filter { $0.state == "ineligible" && $0.code != SkipCode.providerLeftOut.rawValue }.compactMap
        { row -> String? in
            guard let id = ProfileID(row.profile), let provider = ProviderID(provider),
                let kind = CredentialKind(rawValue: row.kind)
            else { return nil }
            let line = CredentialLine(
                agent: noCredential.agent, profile: id, provider: provider, source: row.source, kind: kind,
                code: row.code)
            let known = CredentialRow(known: line, from: line.candidateSource, now: now)
            return "\(id): \(known.reasonAndRecovery(noCredential.reading, agent: noCredential.agent, now: now))"
        }
        let unseen = pending.map { "\($0.id): The gateway has not seen it yet; it does within two seconds." }
        return lines.isEmpty && unseen.isEmpty ? [] : [""] + lines + unseen
    }

    var pendingMember: Literal.Member {
        .init(
            "pending",
            .array(
                pending.map {
                    .object([.init("profile", .string($0.id.text)), .init("source", .string($0.source.label))])
                }))
    }

    /// Sentences about what was asked and what is there, for standard error.
    func doubts(_ reading: InstanceReading) -> [String] {
        let flaws = reading.problems.filter { problem in
            problem.variable.map { name in rows.contains { $0.source == "env:\(name)" && $0.state == "ineligible" } }
                ?? false
        }
        let meant = guess.map { " Did you mean \($0.escapedForDisplay)?" }
        if let doubt { return ["\(doubt)\(meant ?? "")"] + flaws.map(\.text) }
        guard let provider = ProviderID(provider), let unlisted = ModelChoice.doubt(provider, model, reading) else {
            return flaws.map(\.text)
        }
        return ["\(unlisted.what); it is sent as it is written.\(meant ?? unlisted.guess)"] + flaws.map(\.text)
    }
}
