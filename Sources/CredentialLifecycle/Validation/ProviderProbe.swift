// SPDX-License-Identifier: Apache-2.0
package import Credentials
import Documents
package import FoundationEssentials
package import Providers
import Rotation

/// How a credential is to prove itself.
package enum ProbeMode: String, Sendable, CaseIterable {
    /// A page that costs nothing, where the provider has one that asks for the credential.
    case metadata
    /// The shortest completion.
    case completion
}

/// One question that shows whether a provider takes a credential, and what its answer means. No I/O, no clock.
package struct ProviderProbe: Hashable, Sendable {
    package let question: ProviderQuestion
    package let mode: ProbeMode
    /// Nil when no model is part of the question.
    package let model: String?
    private let provider: Provider
    /// What the command calls the choice of the mode; nil when it has none.
    private let modeFlag: String?

    /// - Parameters:
    ///   - model: the provider's own id of one, for a completion.
    ///   - maximumTokens: of a completion.
    ///   - modeFlag: what the command calls the choice of the mode.
    /// - Throws: the verdict when there is nothing to ask with.
    package init(
        _ provider: Provider, mode: ProbeMode, model: String?, maximumTokens: Int, modeFlag: String
    ) throws(ProbeVerdict) {
        self.provider = provider
        self.modeFlag = modeFlag
        if mode == .metadata, case .metadata(let question) = provider.proof {
            (self.question, self.mode, self.model) = (question, .metadata, nil)
            return
        }
        guard let model, let question = provider.completion(model: model, tokens: maximumTokens) else {
            throw ProbeVerdict.noModel(provider.id)
        }
        (self.question, self.mode, self.model) = (question, .completion, model)
    }

    /// A completion of the caller's own wording.
    package init(_ provider: Provider, asking question: ProviderQuestion, model: String) {
        (self.provider, self.question, self.model, mode) = (provider, question, model, .completion)
        modeFlag = nil
    }

    // MARK: What the answer means

    package func verdict(on reply: ProviderReply, secret: Secret, now: Date) -> ProbeVerdict {
        switch reply {
        case .none(let reason): return ProbeVerdict(reason, place: place)
        case .answer(let answer):
            var verdict = (200..<300).contains(answer.status) ? good(answer, now) : refusal(answer, now)
            let secrets = [secret] + provider.extraHeaders.values.filter { $0.utf8.count >= 8 }.map { Secret($0) }
            verdict.detail = String(Self.withoutSecrets(verdict.detail, secrets).prefix(Self.detailLimit))
            verdict.words = Self.withoutSecrets(verdict.words, secrets)
            guard verdict.reason != nil else { return verdict }
            verdict.httpStatus = answer.status
            verdict.requestID = answer.fields["request-id"] ?? answer.fields["x-request-id"]
            return verdict
        }
    }

    /// A person looks at it, perhaps with others: without shorter pieces than a client gets, and without other keys.
    /// Pieces go last: without the start that it has in common with ours another key has no shape.
    private static func withoutSecrets(_ text: String, _ secrets: [Secret]) -> String {
        let text = Masking.text(Redaction.redact(text, secrets: secrets, piecesOf: .max))
        return Redaction.redact(text, secrets: secrets, piecesOf: 8)
    }

    private static let detailLimit = 300
    private var place: String { provider.place?.authority ?? provider.id.text }

    /// Whoever answers with a page of HTML, or with an error inside, has not said yes.
    private func good(_ answer: ProviderAnswer, _ now: Date) -> ProbeVerdict {
        if answer.isCut, answer.fields["content-type"]?.lowercased().contains("json") == true { return .ok }
        guard let root = (try? Document(answer.body, as: .json))?.root,  // anything but JSON is the finding
            root.kind == .object || root.kind == .array
        else { return .notUnderstood("\(place) answered with something other than JSON. Check the base URL.") }
        guard let error = root["error"], !error.isNull else { return .ok }
        let inBand = InBandError(
            type: error["type"]?.string, code: error["code"]?.string ?? error["code"]?.integer.map { "\($0)" },
            message: error["message"]?.string ?? error.string)
        return verdict(Refusals.classify(inBand, raw: raw(answer), now: now), answer)
    }

    private func refusal(_ answer: ProviderAnswer, _ now: Date) -> ProbeVerdict {
        if (300..<400).contains(answer.status) {
            return ProbeVerdict(
                .couldNotAsk, .format, "redirect",
                "\(place) answers with a redirect, which is never followed. Correct the base URL.")
        }
        let verdict = verdict(Refusals.classify(raw(answer), now: now), answer)
        guard verdict.reasonCode == FailureReason.modelNotFound.rawValue, model == nil else { return verdict }
        return .notUnderstood(
            "\(place) has nothing at \(question.path) (status \(answer.status)). Check the base URL"
                + (provider.addressDoubt.map { " (\($0))" } ?? "")
                + (modeFlag.map { ", or ask with \($0) completion." } ?? "."))
    }

    private func raw(_ answer: ProviderAnswer) -> RawRefusal {
        RawRefusal(
            status: answer.status, headers: answer.fields, body: answer.body, provider: provider.id.text,
            model: model ?? "")
    }

    private func verdict(_ refusal: UpstreamRefusal, _ answer: ProviderAnswer) -> ProbeVerdict {
        let words = refusal.providerMessage.isEmpty ? "" : ": \(refusal.providerMessage)"
        var verdict = ProbeVerdict(refusal.reason, "status \(answer.status)\(words)")
        verdict.until = refusal.until
        verdict.reason = refusal.reason
        verdict.words = refusal.providerMessage
        verdict.isVendorRestriction = refusal.isVendorRestriction
        return verdict
    }
}
