// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import ProfileStorage
import Rotation
import Settings

/// What can be read in a configuration and leads nowhere: models of no known provider, orders with other providers'
/// profiles, and what people write where a key belongs.
struct ConfigDoubts {
    private let document: Document
    /// As it would be with this configuration.
    private let reading: InstanceReading

    init(_ document: Document, _ settings: InstanceSettings, _ reading: InstanceReading) {
        self.document = document
        var reading = reading
        reading.settings = settings
        reading.providers = ProviderSet(settings.providers)
        self.reading = reading
    }

    // MARK: Models

    var models: [SettingsProblem] {
        let models = ConfiguredModels(reading)
        let lists = document.element(at: ["agents", "list"])?.elements ?? []
        var entries = ["model", "imageModel"].flatMap { preference(DocumentPath(["agents", "defaults", $0])) }
        for index in lists.indices {
            entries += preference(DocumentPath([.key("agents"), .key("list"), .index(index), .key("model")]))
        }
        return entries.compactMap { place, text -> SettingsProblem? in
            let reference = models.reference(text)
            let provider = reference.flatMap { ProviderID($0.prefix { $0 != "/" }) }
            if let provider, reading.providers[provider] != nil { return nil }
            return SettingsProblem(
                .warning, at: place.description,
                is: provider.map { "names a model of the provider \($0), which is not known" }
                    ?? "names a model that no provider is known to offer",
                fix: "See what there is: agenticflow-enterprise models list --all, then run: "
                    + "agenticflow-enterprise config set \(place.typed) PROVIDER/MODEL")
        }
    }

    /// A text, or an object with what takes its place.
    private func preference(_ path: DocumentPath) -> [(DocumentPath, String)] {
        guard let element = document.element(at: path) else { return [] }
        let fallbacks = path.appending(.key("fallbacks"))
        let all =
            [(path, element.string), (path.appending(.key("primary")), element["primary"]?.string)]
            + (element["fallbacks"]?.elements ?? []).enumerated().map { (fallbacks.appending(.index($0)), $1.string) }
        return all.compactMap { place, text -> (DocumentPath, String)? in
            text.flatMap { $0.trimmed.isEmpty ? nil : (place, $0.trimmed) }
        }
    }

    /// Those that `models aliases add` refuses. They work, as far as clients can ask for them.
    var aliases: [SettingsProblem] {
        let path = DocumentPath(["agents", "defaults", "models"])
        return (document.element(at: path)?.members ?? []).compactMap { key, entry -> SettingsProblem? in
            guard let alias = entry["alias"]?.string?.trimmed, !alias.isEmpty else { return nil }
            let place = path.appending(.key(key)).appending(.key("alias")).description
            if !alias.isAliasName {
                return SettingsProblem(
                    .warning, at: place, is: "is no name for an alias",
                    allowed: "letters, digits, '_', '.', ':' and '-', at most 64")
            }
            guard alias.isReservedAlias else { return nil }
            return SettingsProblem(.warning, at: place, is: "is the name by which clients ask for the default model")
        }
    }

    // MARK: Orders

    /// - Parameter withMissing: also of profiles that nobody has stored on this host.
    func orders(withMissing: Bool) -> [SettingsProblem] {
        let stored = Dictionary(
            reading.agents.flatMap { $0.stored.book.profiles.values.map { ($0.id, $0.provider) } },
            uniquingKeysWith: { first, _ in first })
        // A login that was renamed is found by its note.
        let logins = Set(reading.settings.auth.profiles.filter { $0.mode == .oauth }.map(\.id))
        let isComplete = !reading.problems.contains { if case .store = $0.place { $0.advice != nil } else { false } }
        return (document.element(at: ["auth", "order"])?.members ?? []).flatMap { key, list -> [SettingsProblem] in
            guard let provider = ProviderID(key) else { return [] }
            let out = list.elements.enumerated().compactMap {
                index, entry -> (index: Int, id: ProfileID, isOf: Bool)? in
                guard let id = entry.string.flatMap({ ProfileID($0.trimmed) }) else { return nil }
                if (stored[id] ?? ProviderID(id.provider)) != provider { return (index, id, false) }
                let isGone = withMissing && isComplete && stored[id] == nil && !id.isReserved && !logins.contains(id)
                return isGone ? (index, id, true) : nil
            }
            return out.map { index, id, isOf in
                let place = DocumentPath(["auth", "order", key]).appending(.index(index))
                // An empty list would leave the provider without a credential.
                let gone = list.elements.count == out.count ? place.parent : place
                let fix = "Take it out: agenticflow-enterprise config unset \(gone.typed)"
                return isOf
                    ? SettingsProblem(
                        .warning, at: place.description, is: "names \(id), which no agent stores",
                        fix: "\(fix), or store it: agenticflow-enterprise models auth paste-api-key "
                            + "--provider \(provider) --profile-id \(id)")
                    : SettingsProblem(
                        .warning, at: place.description, is: "names \(id), which is no profile of \(provider)",
                        fix: fix)
            }
        }
    }

    // MARK: The start

    /// What the gateway refuses to start with, besides what the reader says: a token that nobody could be let in with.
    var start: [SettingsProblem] {
        let place = DocumentPath(["gateway", "auth", "token"])
        guard document.element(at: place) != nil, reading.settings.clientToken(in: reading.environment) == nil else {
            return []
        }
        return [
            SettingsProblem(
                .warning, at: place.description,
                is: "gives no token that clients could present, so the gateway does not start",
                fix: "Run: agenticflow-enterprise config set \(place.typed) --stdin")
        ]
    }

    // MARK: Credentials

    /// Those that are written out, and are none.
    var credentials: [SettingsProblem] {
        var found: [SettingsProblem] = []
        if case .present(let secret, variables: []) = reading.settings.gateway.token {
            found += [problem(DocumentPath(["gateway", "auth", "token"]), Shape.flaw(secret, isOfClients: true))]
                .compactMap(\.self)
        }
        for (key, _) in document.element(at: ["models", "providers"])?.members ?? [] {
            guard let id = ProviderID(key), !reading.providers.takesAnything(id),
                case .present(let secret, variables: []) = reading.settings.providers[id]?.apiKey
            else { continue }
            found += [problem(DocumentPath(["models", "providers", key, "apiKey"]), Shape.flaw(secret))]
                .compactMap(\.self)
        }
        return found
    }

    /// Vendors' keys that leave for somebody else's server.
    ///
    /// - Parameter withStored: also those that are not in the configuration itself.
    func servers(withStored: Bool) -> [SettingsProblem] {
        let token = reading.clientToken
        return reading.settings.providers.keys.sorted().flatMap { id -> [SettingsProblem] in
            let all = reading.agents.flatMap { reading.candidates(for: id, of: $0, clientToken: token) }
            var seen: Set<Candidate> = []
            return all.compactMap { found in
                guard found.candidate.standing == .ok, withStored || found.candidate.source == .config,
                    seen.insert(found.candidate).inserted,
                    let stray = found.secret.flatMap({ StrayKey($0, for: id, reading) })
                else { return nil }
                return stray.problem(of: name(of: found.candidate), right: reading.renewal(of: found.candidate))
            }
        }
    }

    private func name(of candidate: Candidate) -> String {
        switch candidate.source {
        case .profile(let owner): "\(candidate.id)\(reading.agents.count > 1 ? " of agent \(owner)" : "")"
        case .config: "its apiKey"
        case .environment(let variable), .shellEnvironment(let variable): variable
        }
    }

    private func problem(_ place: DocumentPath, _ flaw: String?) -> SettingsProblem? {
        flaw.map {
            SettingsProblem(
                .warning, at: place.description, is: "holds no credential: \($0)",
                fix: "Run: agenticflow-enterprise config set \(place.typed) --stdin")
        }
    }
}
