// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Providers

/// What is doubtful about the models in use: that is no mistake yet, for providers have more models than any list.
struct ModelDoubts {
    struct Entry {
        /// Where it is configured.
        var slot: any ModelSlot.Type
        var isFallback: Bool
        /// As configured.
        var text: String
        var provider: ProviderID
        /// A sentence without its end.
        var problem: String
        /// The reference that was probably meant.
        var near: String?
        /// The reference to take in its place; nil when that is not known.
        var better: String?

        var sentence: String { sentence(of: nil) }

        /// - Parameter agent: whose own model it is; nil for one of all.
        func sentence(of agent: AgentID?) -> String {
            "\(isFallback ? slot.fallback : slot.title) \(text.prefix(100).escapedForDisplay)"
                + (agent.map { " of agent \($0)" } ?? "") + ": \(problem)."
                + (near.map { " Did you mean \($0)?" } ?? "")
        }
    }

    let entries: [Entry]

    init(_ models: ConfiguredModels, _ reading: InstanceReading) {
        func entry(_ slot: any ModelSlot.Type, isFallback: Bool, _ text: String?) -> Entry? {
            text.flatMap { Self.entry(slot, isFallback, $0, models, reading) }
        }
        entries =
            [entry(DefaultModel.self, isFallback: false, models.raw)].compactMap(\.self)
            + models.fallbacks.compactMap { entry(DefaultModel.self, isFallback: true, $0) }
            + [entry(ImageModel.self, isFallback: false, models.imageModel)].compactMap(\.self)
            + models.imageFallbacks.compactMap { entry(ImageModel.self, isFallback: true, $0) }
    }

    /// Nil for one that leads nowhere: that is an error, and said elsewhere.
    private static func entry(
        _ slot: any ModelSlot.Type, _ isFallback: Bool, _ text: String, _ models: ConfiguredModels,
        _ reading: InstanceReading
    ) -> Entry? {
        guard let reference = models.reference(text), let slash = reference.firstIndex(of: "/"),
            let provider = ProviderID(reference[..<slash])
        else { return nil }
        var entry = Entry(slot: slot, isFallback: isFallback, text: text, provider: provider, problem: "")
        if let pin = models.pin(of: models.aliases[text] ?? text) {
            entry.problem =
                "it names a profile, so neither another credential nor a fallback takes the place of \(pin.profile)"
            entry.better = pin.model
            return entry
        }
        let model = String(reference[reference.index(after: slash)...])
        guard let unlisted = ModelChoice.doubt(provider, model, reading) else { return nil }
        entry.problem = unlisted.what
        entry.near = unlisted.near
        entry.better = unlisted.near
        return entry
    }
}
