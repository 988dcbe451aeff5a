// SPDX-License-Identifier: Apache-2.0
import Credentials
package import NIOCore
import Providers
import Rotation

extension Fault {
    /// Nobody could be asked at all. In the words of `models explain`, which has these errors too.
    ///
    /// - Parameters:
    ///   - told: the one that is told at length; nil when there is no target.
    ///   - all: of every target, in their order.
    package init(_ told: Shortage?, among all: [Shortage] = [], _ asker: Asker, opensIn: TimeAmount? = nil) {
        guard let told else {
            self.init(.noCredential, "No usable credential is stored for the provider.")
            return
        }
        switch told.unavailability {
        case .pinnedUnavailable(let profile, let code, _):
            self.init(pinned: profile, code, told, asker, opensIn: opensIn)
        case .allCooling(_, let reason):
            self.init(waiting: reason, told, all, asker, opensIn: opensIn)
        case .leftOut(let leftOut):
            let sentence = LeftOutSentence(
                leftOut, told.target.provider, agent: asker.agent, agentWords: asker.words)
            self.init(
                .noCredential,
                sentence.what + Self.unresolved(told) + Self.others(told, all, asker) + " \(sentence.remedy)")
        case .providerLeftOut(let fault):
            self.init(.providerLeftOut, fault.told + Self.others(told, all, asker) + " \(fault.remedy)")
        case .noCredential, .exhausted:
            self.init(.noCredential, Self.nothing(told, Self.others(told, all, asker), asker))
        }
    }

    private init(
        pinned profile: ProfileID, _ code: SkipCode, _ told: Shortage, _ asker: Asker, opensIn: TimeAmount?
    ) {
        if code == .unknownProfile {
            self.init(.pinnedProfileUnavailable, Self.unknown(profile, told.target, asker))
            return
        }
        let report = FailureReason(code).map { FailureReport(waiting: $0, told, asker) }
        let why =
            report.map { "\($0.sentence.what) \($0.sentence.remedy)." }
            ?? "The profile \(profile) cannot be used now (\(code.rawValue)). "
            + "See: agenticflow-enterprise models status\(asker.words)."
        self.init(.pinnedProfileUnavailable, "\(why) \(Self.unpin(profile))", retryAfter: opensIn)
        failure = report
    }

    private init(
        waiting reason: FailureReason, _ told: Shortage, _ all: [Shortage], _ asker: Asker, opensIn: TimeAmount?
    ) {
        let report = FailureReport(waiting: reason, told, asker)
        var others = OtherReasons(besides: report)
        others.add(told.causes, of: told)
        for shortage in all where shortage.target != told.target { others.add(shortage, asker) }
        // One that has expired, or that cannot be sent, does not wait.
        let isWaiting = told.causes.allSatisfy { $0.until != nil }
        let opening =
            isWaiting
            ? "Every \(told.providerName) credential waits after a refusal (\(reason.rawValue))."
            : "No \(told.providerName) credential can be used now."
        self.init(
            .allCredentialsCooling,
            "\(opening) Of the soonest: \(report.sentence.what) \(report.sentence.remedy).\(others.words) "
                + "All of them: agenticflow-enterprise models explain --model "
                + "\("\(told.target.provider)/\(told.target.model)".shellWord.escapedForDisplay)\(asker.words)",
            retryAfter: opensIn)
        failure = report
    }

    // MARK: Words

    /// Of those that an order names, one that is there and gives nothing is usually what is to be mended.
    private static func unresolved(_ told: Shortage) -> String {
        guard let cause = told.causes.first(where: { $0.code == .unresolvedRef }) else { return "" }
        let remedy = "see why: agenticflow-enterprise doctor"
        return " The cause may be that \(told.sentence(of: cause).text); \(remedy)."
    }

    private static func others(_ told: Shortage, _ all: [Shortage], _ asker: Asker) -> String {
        var others = OtherReasons(besides: told, asker)
        for shortage in all where shortage.target != told.target { others.add(shortage, asker) }
        return others.words
    }

    private static func nothing(_ told: Shortage, _ others: String, _ asker: Asker) -> String {
        var reasons = OtherReasons()
        reasons.add(told.causes, of: told)
        if told.causes.isEmpty, let unreadable = asker.unreadableStore {
            return "Nothing can be sent to \(told.providerName).\(others) \(unreadable)"
        }
        let why = told.causes.isEmpty ? "" : ": \(reasons.list)"
        let first = told.causes.first
        let words = first.map { asker.words(for: NamedCredential($0, of: told.target.provider)) } ?? asker.words
        let remedy =
            first.flatMap { told.sentence(of: $0).remedy(words) }
            ?? asker.storing(of: told.target.provider)
        return "No usable credential is stored for \(told.providerName)\(why).\(others) \(remedy)"
    }

    static func unpin(_ profile: ProfileID) -> String {
        "The request insists on that profile; leaving out @\(profile) lets another one serve it."
    }

    private static func unknown(_ profile: ProfileID, _ target: Target, _ asker: Asker) -> String {
        let what = "No credentials found for profile \"\(profile)\"."
        if let unreadable = asker.unreadableStore { return "\(what) \(unreadable). \(unpin(profile))" }
        return "\(what) Usually it is another agent's, stored on another host, or "
            + "named by an order and gone. See: agenticflow-enterprise models auth list\(asker.words); "
            + "agenticflow-enterprise models auth order get --provider \(target.provider)\(asker.words). "
            + unpin(profile)
    }
}
