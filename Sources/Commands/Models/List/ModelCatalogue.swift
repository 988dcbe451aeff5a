// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import Providers

/// One model as `models list` shows it.
struct ModelRow: Equatable {
    /// `provider/model`; what was written, when it leads nowhere.
    var key: String
    var provider: ProviderID?
    var name: String
    /// Such as `text+image`; nil when it is not known.
    var input: String?
    var contextWindow: Int?
    /// Served on this machine, or under a name of its own network; nil when the provider is not known.
    var isLocal: Bool?
    /// A credential of its provider can be used now, as `models status` says; nil when the provider is not known.
    var isAvailable: Bool?
    var tags: [String] = []
    /// Its provider is not known, or lists its models and not this one.
    var isMissing = false

    var json: Literal {
        .object([
            .init("key", .string(key)), .init("name", .string(name)), .init("input", .optional(input)),
            .init("contextWindow", contextWindow.map { .count($0) } ?? .null),
            .init("local", isLocal.map { .boolean($0) } ?? .null),
            .init("available", isAvailable.map { .boolean($0) } ?? .null), .init("tags", .strings(tags)),
            .init("missing", .boolean(isMissing)),
        ])
    }
}

/// The known and the configured models of one agent.
struct ModelCatalogue {
    private let overview: AuthOverview
    private let models: ConfiguredModels
    private var providers: ProviderSet { overview.reading.providers }
    /// In the order of their tags.
    private let tags: [(key: String, tag: String)]
    private let aliases: [String: [String]]
    /// Of providers, whatever the model.
    private let usable: Set<ProviderID>
    /// `provider/model` of those that a credential waits for alone.
    private let held: Set<String>

    init(_ overview: AuthOverview) {
        self.overview = overview
        let models = ConfiguredModels(overview.reading, agent: overview.agent.id)
        self.models = models
        let key = { (text: String) in models.reference(text) ?? text }
        var tags = [(key(models.raw ?? KnownModel.defaultReference), "default")]
        tags += models.fallbacks.enumerated().map { (key($1), "fallback#\($0 + 1)") }
        tags += [models.imageModel].compactMap { $0 }.map { (key($0), "image") }
        tags += models.imageFallbacks.enumerated().map { (key($1), "img-fallback#\($0 + 1)") }
        tags += models.configured.map { (key($0), "configured") }
        self.tags = tags
        usable = Set(
            overview.providers.filter { ProviderOverview($0, in: overview, model: "").isUsable })
        held = Set(overview.rows.flatMap { row in row.holds.compactMap { $0.model.map { "\(row.provider)/\($0)" } } })
        aliases = Dictionary(grouping: models.aliases.keys.sorted()) { key(models.aliases[$0] ?? $0) }
    }

    /// - Parameter all: the whole catalogue by provider and id; else what is configured, in the order of its use.
    func rows(all: Bool) -> [ModelRow] {
        var seen: Set<String> = []
        var keys = tags.map(\.key)
        if all { keys += providers.all.keys.flatMap { id in providers.models(of: id).map { "\(id)/\($0.id)" } } }
        let unique = keys.filter { seen.insert($0).inserted }
        let tagsByKey = Dictionary(grouping: tags, by: \.key)
        let known = Dictionary(
            providers.all.keys.flatMap { id in providers.models(of: id).map { ("\(id)/\($0.id)", $0) } },
            uniquingKeysWith: { first, _ in first })
        return (all ? unique.sorted(by: Self.byProvider) : unique).map { key in
            row(key, known[key], tags: (tagsByKey[key] ?? []).map(\.tag))
        }
    }

    private static func byProvider(_ one: String, _ other: String) -> Bool {
        let parts = [one, other].map { $0.split(separator: "/", maxSplits: 1).map(String.init) }
        return parts[0].lexicographicallyPrecedes(parts[1])
    }

    private func row(_ key: String, _ known: KnownModel?, tags: [String]) -> ModelRow {
        let named = key.contains("/") ? ProviderID(key.prefix { $0 != "/" }) : nil
        let provider = named.flatMap { providers[$0] }
        let id = named == nil ? key : String(key.drop { $0 != "/" }.dropFirst())
        let isListed = provider.map { !providers.models(of: $0.id).isEmpty } ?? true
        var row = ModelRow(
            key: key, provider: named, name: known?.name ?? id, input: known?.input.joined(separator: "+"),
            contextWindow: known?.contextWindow, isLocal: provider?.place.map { Self.isLocal($0.host) },
            isAvailable: provider.map { isAvailable(id, of: $0.id) },
            isMissing: known == nil && isListed)
        row.tags = tags.filter { $0 != "configured" } + (tags.contains("configured") ? ["configured"] : [])
        if let names = aliases[key] { row.tags.append("alias:\(names.joined(separator: ","))") }
        if row.isMissing { row.tags.append("missing") }
        return row
    }

    private func isAvailable(_ model: String, of provider: ProviderID) -> Bool {
        guard held.contains("\(provider)/\(model)") else { return usable.contains(provider) }
        return ProviderOverview(provider, in: overview, model: model).isUsable
    }

    private static func isLocal(_ host: String) -> Bool {
        ["localhost", "127.0.0.1", "0.0.0.0", "::1"].contains(host) || host.hasSuffix(".local")
    }
}
