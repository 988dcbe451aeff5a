// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import Rotation

extension NamedCredential {
    package init(_ cause: Cause, of provider: ProviderID) {
        self.init(
            id: cause.id, provider: provider, source: cause.source, kind: cause.kind, reference: cause.reference)
    }
}

/// Why a credential is not used, as a part of a sentence.
package struct CauseSentence: Sendable {
    package var cause: Cause
    package var provider: ProviderID
    /// The provider's own id of the model that is asked for.
    package var model: String

    package init(_ cause: Cause, of provider: ProviderID, model: String) {
        self.cause = cause
        self.provider = provider
        self.model = model
    }

    private var credential: NamedCredential { NamedCredential(cause, of: provider) }

    /// What the provider has said; nil when what keeps the credential is no refusal.
    package var refusal: FailureSentence? {
        guard let reason = cause.reason else { return nil }
        var sentence = FailureSentence(reason, provider, credential, model: model)
        sentence.until = cause.until
        return sentence
    }

    /// Without a full stop.
    package var text: String {
        if let refusal { return refusal.short }
        let name = credential.name
        switch cause.code {
        case .expired: return "\(name) has expired"
        case .invalidExpires: return "\(name) has no readable expiry"
        case .missingCredential: return "\(name) holds no secret"
        case .unresolvedRef: return "what \(name) refers to gives nothing"
        case .ineligibleProfile: return "\(name) cannot be sent as it stands"
        case .needsVendorCLI: return "\(name) is a setup token, which is never sent"
        case .probeInFlight: return "another request is finding out whether \(name) works again"
        case .unknownProfile: return "there is no \(name)"
        default: return "\(name) cannot be used now (\(cause.code.rawValue))"
        }
    }

    /// What helps when nothing else is there, without a full stop; nil when one more API key does.
    package func remedy(_ agentWords: String) -> String? {
        switch cause.code {
        // A login is renewed where it was made: what is pasted takes no login's place.
        case _ where cause.kind == .oauth: nil
        case .expired, .invalidExpires, .missingCredential, .ineligibleProfile: credential.replacement(agentWords)
        case .unresolvedRef: "See why: \(NamedCredential.program) doctor"
        default: nil
        }
    }
}
