// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import FoundationEssentials

/// What can be told of a credential without asking anybody: whether it is of the kind that is being stored.
package enum Shape {
    static let setupTokenPrefix = "sk-ant-oat01-"
    static let setupTokenLength = 80
    /// The vendor's setup tokens last a year; they carry no date themselves.
    package static let setupTokenLifetime: TimeInterval = 365 * 86_400

    /// - Throws: ``IntakeError`` when an Anthropic credential is of the other kind, or cut short.
    package static func check(_ secret: Secret, kind: CredentialKind, provider: ProviderID) throws(IntakeError) {
        guard provider == .anthropic else { return }
        let text = secret.reveal()
        switch kind {
        case .apiKey: if secret.isSetupToken { throw .setupTokenAsKey }
        case .token:
            if text.hasPrefix("sk-ant-api") { throw .keyAsToken }
            if secret.isSetupToken { try checkSetupToken(secret) }
        case .oauth: break
        }
    }

    /// - Throws: ``IntakeError`` when it is no setup token of Anthropic, or one that was cut short.
    package static func checkSetupToken(_ secret: Secret) throws(IntakeError) {
        let text = secret.reveal()
        if text.hasPrefix("sk-ant-api") { throw .keyAsToken }
        if !text.hasPrefix(setupTokenPrefix) { throw .noSetupToken }
        if text.utf8.count < setupTokenLength { throw .setupTokenTooShort }
    }
}

extension Duration {
    /// A duration as typed for `--expires-in`: `365` (days), `12h`, `1.5d`, `500ms`; the unit's case does not matter.
    ///
    /// - Throws: ``IntakeError/badDuration(_:)`` for anything else, blanks inside and negative numbers included.
    package init(expiresIn text: String) throws(IntakeError) {
        let lowered = text.lowercased()
        let digits = lowered.prefix { ("0"..."9").contains($0) || $0 == "." }
        let milliseconds: Double? =
            switch lowered.dropFirst(digits.count) {
            case "ms": 1
            case "s": 1000
            case "m": 60_000
            case "h": 3_600_000
            case "d", "": 86_400_000
            default: nil
            }
        guard let milliseconds, let number = Double(String(digits)), digits.first != ".", digits.last != ".",
            number * milliseconds < 8_640_000_000_000
        else { throw .badDuration(text) }
        self = .milliseconds(Int64((number * milliseconds).rounded()))
    }

    /// In seconds, with fractions.
    package var seconds: TimeInterval {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
