// SPDX-License-Identifier: Apache-2.0
package import Credentials

/// One API key that the environment holds.
package struct EnvironmentKey: Hashable, Sendable {
    /// Its variable; keys of one list share it.
    package var variable: String
    /// Without blanks around it.
    package var secret: Secret
    package var layer: EnvironmentLayers.Layer

    package init(variable: String, secret: Secret, layer: EnvironmentLayers.Layer) {
        self.variable = variable
        self.secret = secret
        self.layer = layer
    }
}

extension EnvironmentLayers {
    /// The keys for one provider, in the order in which they are tried; each text once.
    ///
    /// `AGENTICFLOW_LIVE_<P>_KEY` is the only one when it is set. Else: the lists `<P>_API_KEYS`; the provider's
    /// variables and `<P>_API_KEY`; every `<P>_API_KEY_<anything>` by name, save those that name a file.
    /// `<P>` is the provider's id in capitals, and whatever its own variables have before `_API_KEY`.
    /// - Parameter variables: of the provider's table, first one first.
    package func keys(for provider: ProviderID, variables: [String]) -> [EnvironmentKey] {
        let names = KeyNames(provider, variables, in: self)
        if let pinned = key(in: names.pinned) { return [pinned] }
        let all = names.lists.flatMap { keys(inList: $0) } + names.singles.compactMap { key(in: $0) }
        var seen: Set<Secret> = []
        return all.filter { seen.insert($0.secret).inserted }
    }

    /// The variables that are set and hold keys for the provider, the idle ones beside a pinned key included.
    package func keyVariables(for provider: ProviderID, variables: [String]) -> [String] {
        let names = KeyNames(provider, variables, in: self)
        return ([names.pinned] + names.lists + names.singles).filter { credential($0) != nil }
    }

    private func key(in variable: String) -> EnvironmentKey? {
        credential(variable).map {
            EnvironmentKey(variable: variable, secret: Secret($0.value.reveal().trimmed), layer: $0.layer)
        }
    }

    private func keys(inList variable: String) -> [EnvironmentKey] {
        guard let list = credential(variable) else { return [] }
        return list.value.reveal().split { $0 == "," || $0 == ";" || $0.isWhitespace }.map {
            EnvironmentKey(variable: variable, secret: Secret(String($0)), layer: list.layer)
        }
    }
}

/// The names under which one provider's keys can stand.
private struct KeyNames {
    let pinned: String
    let lists: [String]
    let singles: [String]

    init(_ provider: ProviderID, _ variables: [String], in layers: EnvironmentLayers) {
        let prefix = Self.prefix(provider.text)
        pinned = "AGENTICFLOW_LIVE_\(prefix)_KEY"
        let own = "\(prefix)_API_KEY"
        let bases = Self.unique([own] + variables.filter { $0.hasSuffix("_API_KEY") })
        let families = bases.flatMap { layers.keyFamilyNames(startingWith: "\($0)_") }.filter { !$0.hasSuffix("_FILE") }
        let plain = Self.unique(variables + [own])
        // Google's SDKs share this name with other Google services: it comes last.
        let shared = plain.filter { $0 == "GOOGLE_API_KEY" }
        lists = bases.map { "\($0)S" }
        singles = plain.filter { !shared.contains($0) } + families.sorted() + shared
    }

    /// In capitals, with `_` for whatever is no letter and no digit. Every command asks for every provider's, nearly all of them
    /// ASCII.
    private static func prefix(_ provider: String) -> String {
        guard provider.utf8.allSatisfy({ $0 < 128 }) else {
            return String(provider.uppercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
        }
        return String(
            decoding: provider.utf8.map { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"): byte & ~0x20
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
                default: UInt8(ascii: "_")
                }
            }, as: UTF8.self)
    }

    /// Of a handful.
    private static func unique(_ names: [String]) -> [String] {
        names.reduce(into: []) { kept, name in if !kept.contains(name) { kept.append(name) } }
    }
}
