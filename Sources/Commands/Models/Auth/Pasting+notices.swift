// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Rotation
import Settings

/// What is said about a credential once it is stored.
extension Pasting {
    func tellOfUnrelayed() {
        context.terminal.notice(
            "warning",
            Advice(
                what: "This version does not relay to \(provider): \(id) is stored, and no request uses it yet.",
                why: "\(provider) is known by name; its address or its wire format is not.",
                fix: "To say where it is, run: \(ProviderPlace.command(for: provider))"))
    }

    func tellOfOrder() {
        let agent = change.agent
        guard let order = agent.order[provider] else { return tellOfIncludedOrder() }
        guard !order.contains(id) else { return }
        context.terminal.notice(OrderHint(id, agent: agent.id, source: .store, ids: order).text)
    }

    /// An order that an included file holds is joined before the configuration's own, and is changed in its file.
    private func tellOfIncludedOrder() {
        guard let order = IncludedOrder(of: provider, in: change.settings.resolved()), order.ids.first != id else {
            return
        }
        let place = order.ids.firstIndex(of: id).map { "puts \(id) in place \($0 + 1)" } ?? "leaves \(id) out"
        context.terminal.notice(
            """
            auth.order for \(provider) is in \(context.shown(order.place)), which is included, and \(place).
            To use it first, change it there, or give agent \(change.agent.id) an order of its own:
              \(orderCommand([id] + order.ids.filter { $0 != id }))
            """)
    }

    private func orderCommand(_ ids: [ProfileID]) -> String {
        "agenticflow-enterprise models auth order set --provider \(provider) --agent \(change.agent.id) "
            + ids.map(\.text).joined(separator: " ")
    }

    /// Without a date nothing warns before it ends.
    func tellOfLostDate(_ old: Expiry?, now new: Expiry) {
        guard let old, old != .never, new == .never else { return }
        context.terminal.notice(
            """
            It has no date of expiry now. To give it one, store it once more with its date:
              agenticflow-enterprise models auth rotate \(id) --expires-in 30d\(change.agentWords)
            """)
    }

    /// Said whenever one has been stored.
    func tellSetupToken() {
        context.terminal.notice(
            """
            This is a setup token. Its vendor limits such tokens to its own program, so requests through the gateway do
            not use it (needs_vendor_cli). For the gateway, store an API key:
              \(PasteCommand.beside(.apiKey, of: provider, change.reading, agent: change.agent.id, taken: [id]))
            """)
    }
}
