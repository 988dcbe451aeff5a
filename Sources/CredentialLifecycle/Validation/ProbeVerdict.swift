// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import FoundationEssentials
import Providers
package import Rotation

/// What a probe found out about a credential.
package struct ProbeVerdict: Error, Hashable, Sendable {
    /// The three answers that are never mixed up, and the fourth: nobody was asked.
    package enum Finding: String, Sendable {
        case ok
        /// The provider has seen the credential and does not take it, or serves it no more.
        case rejected
        /// Nothing is known: no connection, a limit, a fault on the way, an answer that cannot be understood.
        case couldNotAsk = "could_not_ask"
        case notAsked = "not_asked"
    }

    /// The words of the page. Stable, for scripts.
    package enum Status: String, Sendable, CaseIterable {
        case ok
        case auth
        case rateLimit = "rate_limit"
        case billing
        case timeout
        case format
        case unknown
        case noModel = "no_model"
    }

    package var finding: Finding
    package var status: Status
    /// A ``Rotation/FailureReason``, a ``Rotation/SkipCode``, a ``Providers/NoAnswer`` or one of ours; nil for `ok`.
    package var reasonCode: String?
    /// For people; empty for `ok`. Never a secret.
    package var detail: String
    /// The provider's own word on when to come back.
    package var until: Date?
    /// Why, when the provider has answered, or has not answered in time.
    package var reason: FailureReason?
    /// Why, when it has not.
    private var noAnswer: NoAnswer?
    /// The provider's.
    package var httpStatus: Int?
    /// The provider's id of the question.
    package var requestID: String?
    /// In the provider's words, without secrets.
    package var words = ""
    package var isVendorRestriction = false

    init(_ finding: Finding, _ status: Status, _ reasonCode: String?, _ detail: String) {
        self.finding = finding
        self.status = status
        self.reasonCode = reasonCode
        self.detail = detail
    }

    package static let ok = ProbeVerdict(.ok, .ok, nil, "")

    /// What to look at, when the provider was not reached.
    package func wayThere(of provider: ProviderID) -> String? {
        guard let noAnswer, noAnswer.isOnTheWay else { return nil }
        let isAboutTLS = if case .tls = noAnswer { true } else { false }
        return WayThere.check(provider, isAboutTLS: isAboutTLS)
    }

    static func noModel(_ provider: ProviderID) -> ProbeVerdict {
        ProbeVerdict(
            .notAsked, .noModel, "no_model",
            "No model available for probe: list one in \(provider.place("models")), or make one the default.")
    }

    package static func unsupported(_ provider: ProviderID) -> ProbeVerdict {
        ProbeVerdict(
            .notAsked, .unknown, "unsupported_provider",
            "\(provider) is not relayed. Set \(provider.place("baseUrl")) and .api in the configuration.")
    }

    package static func leftOut(_ fault: ProviderFault) -> ProbeVerdict {
        ProbeVerdict(.notAsked, .unknown, SkipCode.providerLeftOut.rawValue, fault.advice.sentences)
    }

    /// Its secret is what a program answers, and this command starts none.
    package static let leftToGateway = ProbeVerdict(
        .notAsked, .unknown, "left_to_gateway",
        "Its secret comes from a program, which the gateway asks, and models auth test. It is used in requests all the same."
    )

    static func notUnderstood(_ detail: String) -> ProbeVerdict {
        ProbeVerdict(.couldNotAsk, .format, "format", detail)
    }

    /// Somebody whom no request would be sent with either.
    package init(notAsked code: SkipCode) {
        let text: String
        switch code {
        case .excludedByAuthOrder: text = "Excluded by auth.order for this provider."
        case .notInAuthProfiles: text = "Left out: auth.profiles of the configuration notes others of this provider."
        case .needsVendorCLI:
            text = "It is a setup token, which only its vendor's own program may present. It is never sent."
        default:
            text =
                "Auth profile credentials are missing or expired.\n↳ Auth reason [\(code.rawValue)]: \(Self.why(code))"
        }
        self.init(.notAsked, .unknown, code.rawValue, text)
    }

    private static func why(_ code: SkipCode) -> String {
        switch code {
        case .missingCredential: "the entry holds no secret"
        case .invalidExpires: "its expiry is no moment that can be read"
        case .expired: "its time is over"
        case .unresolvedRef: "the secret that it refers to could not be had"
        case .ineligibleProfile: "another provider or mode than auth.profiles says, or no text a header can carry"
        default: "it cannot be used"
        }
    }

    init(_ reason: FailureReason, _ detail: String) {
        let (finding, status): (Finding, Status) =
            switch reason {
            case .auth, .authPermanent, .sessionExpired: (.rejected, .auth)
            case .billing: (.rejected, .billing)
            case .rateLimit: (.couldNotAsk, .rateLimit)
            case .timeout: (.couldNotAsk, .timeout)
            case .format, .contextOverflow, .noErrorDetails, .modelNotFound: (.couldNotAsk, .format)
            default: (.couldNotAsk, .unknown)
            }
        self.init(finding, status, reason.rawValue, detail)
    }

    init(_ reason: NoAnswer, place: String) {
        let status: Status =
            switch reason {
            case .deadline: .timeout
            case .garbled, .encoded: .format
            default: .unknown
            }
        let text = reason.words(at: place)
        // A host's name stays as it is.
        let sentence = text.hasPrefix(place) ? text : "\(text.prefix(1).uppercased())\(text.dropFirst())"
        self.init(.couldNotAsk, status, reason.code, "\(sentence).")
        noAnswer = reason
        if case .deadline = reason { self.reason = .timeout }
    }
}
