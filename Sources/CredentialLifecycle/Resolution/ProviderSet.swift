// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import Providers
package import Settings

/// The providers that can be reached: the built-in ones, with what the configuration changes or adds.
package struct ProviderSet: Sendable {
    package private(set) var all: [ProviderID: Provider] = [:]
    /// Extra certificate authorities, by provider.
    package private(set) var caFiles: [ProviderID: String] = [:]
    /// Of those that are configured and left out: what is configured cannot be used.
    package private(set) var faults: [ProviderID: ProviderFault] = [:]
    /// What those are known as.
    package private(set) var leftOut: [ProviderID: Provider] = [:]
    /// Of providers whose models the configuration lists itself.
    private var listed: [ProviderID: [KnownModel]] = [:]

    /// - Parameter layout: where `~` leads; nil when no file of a provider is looked at.
    package init(_ settings: [ProviderID: ProviderSettings], layout: StateLayout? = nil) {
        for provider in Provider.builtIn { all[provider.id] = provider }
        for (id, own) in settings.sorted(by: { $0.key < $1.key }) {
            add(id, own, layout, meant: Self.meant(by: id, in: settings))
        }
    }

    /// The provider that an entry without an address was probably meant for; nil when it is nearly none.
    private static func meant(by id: ProviderID, in settings: [ProviderID: ProviderSettings]) -> ProviderID? {
        guard Provider[id: id] == nil, OtherProvider[id: id] == nil, settings[id]?.baseURL == nil else { return nil }
        let complete = settings.filter { $0.value.baseURL != nil && $0.value.api != nil }.keys
        let known = Provider.builtIn.map(\.id.text) + complete.map(\.text)
        return Spelling.nearest(to: id.text, among: known.sorted()).flatMap { ProviderID($0) }
    }

    package subscript(id: ProviderID) -> Provider? { all[id] }

    /// Those that can be asked, and those that are left out: who a model, a variable or a profile is of.
    package var known: [Provider] { Array(all.values) + leftOut.values }
    package var knownIDs: Set<ProviderID> { Set(all.keys).union(leftOut.keys) }

    package var problems: [Advice] { faults.sorted { $0.key < $1.key }.map(\.value.advice) }

    /// What the provider is known to offer; it may serve others as well.
    package func models(of id: ProviderID) -> [KnownModel] { listed[id] ?? KnownModel.builtIn[id.text] ?? [] }

    private mutating func add(
        _ id: ProviderID, _ own: ProviderSettings, _ layout: StateLayout?, meant: @autoclosure () -> ProviderID?
    ) {
        let settled = settled(id, own)
        let isBuiltIn = all[id] != nil
        let flaw = ProviderFlaw(id, own, isBuiltIn: isBuiltIn, meant: meant(), place: settled.place, layout)
        // Not the built-in place instead: a key for somebody's proxy is not for the vendor.
        if let flaw {
            all[id] = nil
            leftOut[id] = settled
            faults[id] = flaw.fault
            return
        }
        caFiles[id] = own.caFile.map { layout?.absolutePath($0) ?? $0 }
        all[id] = settled
    }

    /// What is built in, with what the configuration says of it.
    private mutating func settled(_ id: ProviderID, _ own: ProviderSettings) -> Provider {
        var provider =
            all[id]
            ?? Provider(
                id: id, displayName: id.text, baseURL: "", formats: [],
                header: own.api == .anthropicMessages ? .xAPIKey : .bearer,
                environmentVariables: OtherProvider[id: id]?.secrets ?? [])
        if let base = own.baseURL { provider.baseURL = base }
        if let api = own.api { provider.formats = Self.formats(api) }
        if own.auth == .token || own.auth == .oauth { provider.header = .bearer }
        if !own.models.isEmpty {
            provider.models = own.models.map(\.id)
            let wellKnown = Dictionary(
                (KnownModel.builtIn[id.text] ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            listed[id] = own.models.map { KnownModel($0, wellKnown: wellKnown[$0.id]) }
        }
        provider.extraHeaders = Dictionary(
            own.headers.map { ($0.name, $0.value.reveal()) }, uniquingKeysWith: { _, last in last })
        return provider
    }

    private static func formats(_ api: ConfiguredAPI) -> Set<WireFormat> {
        switch api {
        case .anthropicMessages: [.anthropicMessages]
        case .openaiCompletions: [.openaiCompletions]
        // Whoever serves responses serves chat completions too.
        case .openaiResponses: [.openaiResponses, .openaiCompletions]
        }
    }

    /// The keys of one provider in the environment.
    package func environmentKeys(for provider: Provider, in environment: EnvironmentLayers) -> [EnvironmentKey] {
        environment.keys(for: provider.id, variables: provider.environmentVariables)
    }
}

extension KnownModel {
    /// What the configuration says of a model, and what is well-known where it says nothing.
    fileprivate init(_ own: ConfiguredModel, wellKnown: KnownModel?) {
        self.init(
            id: own.id, name: own.name ?? wellKnown?.name, contextWindow: own.contextWindow ?? wellKnown?.contextWindow,
            maximumAnswerTokens: own.maximumAnswerTokens ?? wellKnown?.maximumAnswerTokens,
            input: own.input.isEmpty ? wellKnown?.input ?? ["text"] : own.input)
    }
}
