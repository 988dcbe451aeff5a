// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Rotation

/// What an upstream's refusal means for the request and for the credential.
package struct UpstreamRefusal: Hashable, Sendable {
    package enum Verdict: Hashable, Sendable {
        /// Another credential, or another model, could do better.
        case tryNext
        /// The request itself is at fault, or the provider has answered about the model: passed on as the answer.
        case clientFault
    }

    package var reason: FailureReason
    package var verdict: Verdict
    package var scope: WindowScope
    /// The provider's own word on when to come back.
    package var until: Date?
    package var evidence: Evidence
    /// In the provider's words: control characters escaped, at most 2 KiB, secrets not yet taken out.
    package var providerMessage: String
    /// What went wrong on the way, without an address; nil when the provider has answered.
    package var cause: String?

    package init(
        reason: FailureReason, verdict: Verdict, scope: WindowScope, until: Date?, evidence: Evidence,
        providerMessage: String
    ) {
        self.reason = reason
        self.verdict = verdict
        self.scope = scope
        self.until = until
        self.evidence = evidence
        self.providerMessage = providerMessage
    }

    /// The provider refuses a token that only its own program may use; an API key is the way out.
    package var isVendorRestriction: Bool {
        reason == .authPermanent && FailureText(providerMessage, provider: "").isVendorRestriction
    }

    /// As it is recorded on the credential.
    package var failure: Failure { Failure(reason: reason, scope: scope, until: until, evidence: evidence) }
}

/// Field values of a head, by lower-case name.
package protocol HeaderLookup {
    func first(_ name: String) -> String?
}

extension [String: String]: HeaderLookup {
    package func first(_ name: String) -> String? { self[name] }
}

/// A refusal as it came in.
package struct RawRefusal {
    package var status: Int
    package var headers: any HeaderLookup
    /// The body, at most 64 KiB of it.
    package var body: [UInt8]
    package var provider: String
    package var model: String

    package init(status: Int, headers: any HeaderLookup, body: [UInt8], provider: String, model: String) {
        self.status = status
        self.headers = headers
        self.body = body
        self.provider = provider
        self.model = model
    }
}
