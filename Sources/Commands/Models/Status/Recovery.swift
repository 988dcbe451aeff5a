// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import FoundationEssentials
import Providers
import Rotation

extension CredentialRow {
    /// Why a credential is not used, and what brings it back: one or two sentences.
    func reasonAndRecovery(_ reading: InstanceReading, agent: AgentID, now: Date) -> String {
        let providerName = reading.providers[provider]?.displayName ?? provider.text
        let again = pasteAgain(reading, at: now)
        if let hold, state == .cooling || state == .disabled { return held(hold, providerName, again, now) }
        switch code.flatMap({ SkipCode(rawValue: $0) }) {
        case .needsVendorCLI:
            return "It is a setup token; Anthropic limits those to its own program, so requests do not use it. "
                + "For the gateway, run: \(PasteCommand.beside(.apiKey, of: provider, reading, agent: agent))"
        case .excludedByAuthOrder:
            let wider = reading.widenedOrder(of: provider, by: agent, including: id, at: now)
            return "Excluded by \(wider.place) for this provider. Change the order with: \(wider.command)"
        case .notInAuthProfiles:
            return "auth.profiles of the configuration notes others of \(provider) and not this one. To use it, run: "
                + ProfileNote(id: id, provider: provider, kind: kind).command
        case .expired: return "It has expired. \(pasteAgain(reading, isDate: true, at: now))"
        case .invalidExpires:
            return "Its expiry is not a moment that can be read. \(pasteAgain(reading, isDate: true, at: now))"
        case .missingCredential: return "The entry holds no secret. \(again)"
        case .unresolvedRef:
            return
                "It refers to a secret that rests elsewhere and was not found there; the problems that are listed say why. "
                + "When it is there, the gateway takes it up. Look at: agenticflow-enterprise doctor"
        case .providerLeftOut:
            return reading.providers.faults[provider].map { $0.advice.sentences }
                ?? "Nothing can be sent to \(providerName); the problems that are listed say why."
        case .ineligibleProfile where source.variable != nil:
            let name = source.variable ?? ""
            return "What \(name) holds cannot stand in a header: it has a blank inside, a foreign character, or fewer "
                + "than 8 characters; or it is this gateway's own client token. See where it is from: agenticflow-enterprise env list; then run: "
                + "agenticflow-enterprise env set \(name.shellWord)"
        case .ineligibleProfile:
            let flaw = CredentialFlaw(of: id, in: reading)
            return "It \(flaw.problem). \(flaw.why) \(flaw.command.map { "Run: \($0)" } ?? again)"
        case .probeInFlight: return "A request is just finding out whether it works again."
        default: break
        }
        if code == nil { return "The gateway has not taken it up yet; it does within two seconds." }
        if code == "unsupported_provider" {
            return "\(provider) is not relayed. To say where it is, run: \(ProviderPlace.command(for: provider))"
        }
        return "Look at: agenticflow-enterprise models explain"
    }

    private func held(
        _ hold: CredentialLine.Hold, _ providerName: String, _ again: String, _ now: Date
    ) -> String {
        let until = "\(hold.until.written(from: now)) [\(hold.origin): \(hold.evidence)]"
        let model = hold.model ?? "this credential"
        if let check = hold.wayThere(of: provider) {
            return "\(providerName) was not reached: \(hold.evidence). It is used again "
                + "\(hold.until.written(from: now)). \(check)."
        }
        switch FailureReason(rawValue: hold.reason) {
        case .auth, .sessionExpired:
            return "\(providerName) rejected it. It is tried again \(until); or replace it. \(again)"
        case .authPermanent:
            return "\(providerName) says it is revoked or not allowed here. It is tried again \(until). \(again)"
        case .billing:
            return "\(providerName) reports no credit on it. Top up the account; it is tried again \(until). \(atOnce)"
        case .rateLimit: return "\(providerName) limits \(model). It is used again \(until). \(atOnce)"
        case .overloaded: return "\(providerName) was overloaded. It is used again \(until)."
        case .modelNotFound:
            return "\(providerName) does not offer \(model) to this account. It is asked again \(until)."
        default: return "\(providerName) did not answer (\(hold.reason)). It is used again \(until)."
        }
    }

    /// The command that ends a time before it is over.
    private var atOnce: String {
        "Now: agenticflow-enterprise models auth clear-cooldown \(id)" + (owner.map { " --agent \($0)" } ?? "")
    }

    private func pasteAgain(_ reading: InstanceReading, isDate: Bool = false, at now: Date) -> String {
        owner.map { replacement(of: $0, reading, isDate: isDate, at: now) } ?? "Correct \(sourceLabel)."
    }
}
