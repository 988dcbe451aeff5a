// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Providers
import Settings

/// A model that a person named, found among the providers of this instance.
struct ModelChoice: Equatable {
    /// `provider/model`.
    let reference: String
    /// What is doubtful about it; nil when the provider lists the model, or lists none.
    let doubt: String?

    /// - Parameter text: a reference, an alias, or a model id that one provider alone offers.
    init(_ text: String, _ reading: InstanceReading) throws {
        let name = text.trimmed
        let configured = ConfiguredModels(reading)
        guard Self.isName(name) else { throw ModelChoiceError.invalid(text, .shape) }
        let target = configured.aliases[name] ?? name
        try Self.refusePin(of: target, typed: text, configured, reading)
        guard let slash = target.firstIndex(of: "/") else {
            guard let found = configured.reference(target) else { throw Self.unknown(name, configured, reading) }
            reference = found
            doubt = nil
            return
        }
        let model = String(target[target.index(after: slash)...])
        guard slash != target.startIndex, !model.isEmpty else { throw ModelChoiceError.invalid(text, .shape) }
        let offering = Self.offering(target, reading)
        if offering.count == 1, ProviderID(target[..<slash]).flatMap({ reading.providers[$0] }) == nil {
            reference = "\(offering[0])/\(target)"
            doubt = nil
            return
        }
        let provider = try reading.modelProvider(named: String(target[..<slash]))
        reference = "\(provider)/\(model)"
        doubt = Self.doubt(provider, model, reading).map { "\($0.what); it is kept as it is written.\($0.guess)" }
    }

    /// A model is configured for every credential of its provider.
    static func refusePin(
        of target: String, typed text: String, _ configured: ConfiguredModels, _ reading: InstanceReading
    ) throws(ModelChoiceError) {
        guard let pinned = configured.pin(of: target)?.profile else { return }
        let stored = reading[reading.settings.defaultAgent]?.profiles.map(\.profile.id) ?? []
        let isThere = stored.contains(pinned) || pinned.isReserved
        let near = Spelling.nearestID(to: pinned.text, among: stored.map(\.text).sorted())
        throw .invalid(text, .profile(pinned, meant: isThere ? pinned : near.flatMap { ProfileID($0) }))
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 256
            && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F && !$0.properties.isWhitespace }
            && text.escapedForDisplay == text
    }

    private static func offering(_ model: String, _ reading: InstanceReading) -> [ProviderID] {
        reading.providers.all.values.filter { $0.models.contains(model) }.map(\.id).sorted()
    }

    /// Nil when the provider lists the model, or lists none.
    static func doubt(
        _ provider: ProviderID, _ model: String, _ reading: InstanceReading
    ) -> UnlistedModel? {
        let listed = reading.providers[provider]?.models ?? []
        guard !listed.isEmpty, !listed.contains(model) else { return nil }
        return UnlistedModel(
            what: "\(provider) lists no model \"\(model.prefix(100).escapedForDisplay)\"",
            near: Spelling.nearest(to: model, among: listed).map { "\(provider)/\($0)" })
    }

    private static func unknown(
        _ name: String, _ configured: ConfiguredModels, _ reading: InstanceReading
    ) -> ModelChoiceError {
        let several = offering(name, reading)
        if several.count > 1 { return .invalid(name, .ambiguous(several.map { "\($0)/\(name)" })) }
        let models = reading.providers.all.values.flatMap(\.models)
        let near = Spelling.nearest(to: name, among: configured.aliases.keys.sorted() + models.sorted())
        return .invalid(name, .unknown(near: near))
    }
}

/// A model that its provider does not list.
struct UnlistedModel {
    /// A sentence without its end.
    let what: String
    /// The reference that was probably meant.
    let near: String?

    var guess: String { near.map { " Did you mean \($0)?" } ?? "" }
}

extension InstanceReading {
    /// As ``provider(named:)``, for the part of a model reference before the slash.
    fileprivate func modelProvider(named text: String) throws(ModelChoiceError) -> ProviderID {
        do throws(ModelsError) { return try provider(named: text) } catch {
            switch error {
            case .noProvider(let text, let near, let known): throw .noProvider(text, near: near, known: known)
            case .notRelayed(let provider): throw .notRelayed(provider)
            default: throw .noProvider(text, near: nil, known: [])
            }
        }
    }
}
