// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
package import Providers
import Rotation

/// Why nobody served a request, for whoever tells of it: the words, and the fields of the log. A class, so that the
/// actions of requests that go well stay small.
package final class FailureReport: Sendable {
    package let sentence: FailureSentence
    /// What the request asked for.
    package let target: Target
    /// What went wrong on the way, with the address, which is nobody's but the log's.
    package let cause: String?

    init(_ last: Exchange.Refusal, target: Target, _ asker: Asker, until: Date?) {
        let refusal = last.refusal
        let credential =
            last.source?.credential
            ?? NamedCredential(
                id: last.profile, provider: target.provider, source: .profile(owner: asker.agent), kind: .apiKey)
        var sentence = FailureSentence(refusal.reason, target.provider, credential, model: target.model)
        sentence.status = last.status
        sentence.requestID = last.source?.requestID
        sentence.until = until ?? refusal.until
        sentence.text = refusal.reason == .authPermanent ? refusal.providerMessage : ""
        sentence.isVendorRestriction = refusal.isVendorRestriction
        sentence.cause = refusal.cause
        sentence.isOnTheWay = refusal.evidence.origin == .connection
        cause = refusal.cause.map { _ in refusal.evidence.text }
        sentence.agentWords = asker.words(for: credential)
        sentence.storingKey = asker.storingKey(of: target.provider)
        sentence.askerWords = asker.words
        self.sentence = sentence
        self.target = target
    }

    /// Nobody was asked: all of them wait, or the one that the request insists on.
    init(waiting reason: FailureReason, _ shortage: Shortage, _ asker: Asker) {
        let target = shortage.target
        var credential = shortage.soonest.map { NamedCredential($0, of: target.provider) }
        if credential == nil, case .pinnedUnavailable(let id, _, _) = shortage.unavailability {
            credential = NamedCredential(
                id: id, provider: target.provider, source: .profile(owner: asker.agent), kind: .apiKey)
        }
        var sentence = FailureSentence(reason, target.provider, credential, model: target.model)
        sentence.until = shortage.unavailability.until
        sentence.storingKey = asker.storingKey(of: target.provider)
        sentence.agentWords = credential.map { asker.words(for: $0) } ?? asker.words
        sentence.askerWords = asker.words
        self.sentence = sentence
        self.target = target
        cause = nil
    }
}

extension Asker {
    /// An inherited profile is replaced where it rests.
    func words(for credential: NamedCredential) -> String {
        if case .profile(let owner) = credential.source { words(for: owner) } else { words }
    }
}
