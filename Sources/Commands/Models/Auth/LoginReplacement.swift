// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import FoundationEssentials
import Rotation

/// What to do about a login that serves no more: nothing here renews or makes one, so another credential has to be there,
/// and then it goes. A credential stored beside it that left it there would be advised again and again.
enum LoginReplacement {
    /// - Returns: a sentence without its full stop.
    static func fix(
        _ id: ProfileID, of provider: ProviderID, by owner: AgentID, _ reading: InstanceReading, at now: Date
    ) -> String {
        let out = "agenticflow-enterprise models auth logout \(id) --agent \(owner)"
        let candidates = reading[owner].map { reading.candidates(for: provider, of: $0) } ?? []
        let order = reading[owner].flatMap { reading.order(of: provider, for: $0) }
        let isReplaced = candidates.contains { found in
            let other = found.candidate
            // One that an order keeps out takes nobody's place. An order of the login alone goes with it.
            let isKeptOut = order.map { $0.ids != [id] && !$0.ids.contains(other.id) } ?? false
            return other.id != id && other.eligibility(at: now) == .ok && !isKeptOut
        }
        if isReplaced { return "Run: \(out)" }
        let paste = PasteCommand.inUse(.apiKey, of: provider, reading, agent: owner, at: now)
        return "Run: \(paste); then take the login out: \(out)"
    }
}
