// SPDX-License-Identifier: Apache-2.0
import Credentials
import Exchange
import Providers
import Settings

/// Names that nobody lists: they are sent as they are written, for providers have more models than any list, and then
/// somebody may have mistyped one.
extension ModelRouter {
    /// - Parameters:
    ///   - text: as the client wrote it.
    ///   - target: where it led.
    /// - Returns: what was probably meant; nil for a model that is known, and when nothing is near.
    func guess(for text: String, at target: Target) -> String? {
        guard !isKnown(target), let guess = guess(for: text), guess != text else { return nil }
        return guess
    }

    /// Listed by its provider, or chosen by somebody.
    func isKnown(_ target: Target) -> Bool {
        listings[target.model]?.contains(target.provider) == true
            || chosen.contains("\(target.provider)/\(target.model)") || chosen.contains(target.model)
    }

    func guess(for text: String) -> String? {
        if let suffix = ProfileSuffix(text), let known = knownProvider(of: suffix.name) {
            let name = suffix.text.contains(":") ? suffix.text : "\(known):\(suffix.text)"
            let near = Spelling.nearestID(to: name, among: profiles.map(\.text).sorted())
            return near.map { "\(suffix.name)@\($0)" }
        }
        if let slash = text.firstIndex(of: "/"), let provider = ProviderID(text[..<slash]),
            providers[provider] != nil || leftOut.contains(provider)
        {
            let model = String(text[text.index(after: slash)...])
            let own =
                listings.filter { $0.value.contains(provider) }.keys + chosen.compactMap { $0.model(of: provider) }
            return Spelling.nearest(to: model, among: own.sorted()).map { "\(provider)/\($0)" }
        }
        let names = aliases.keys.sorted() + Self.defaultNames.sorted() + listings.keys.sorted()
        if let near = Spelling.nearest(to: text, among: names) { return near }
        let near = Spelling.nearest(to: text, among: chosen.map { $0.drop { $0 != "/" }.dropFirst() }.map(String.init))
        return near.flatMap { near in chosen.first { $0.hasSuffix("/\(near)") } }
    }

    private var chosen: [String] {
        let all = [defaults] + own.values
        return (configured + all.flatMap { [$0.primary].compactMap(\.self) + $0.fallbacks }).sorted()
    }

    /// Whose model a name is that is known.
    private func knownProvider(of name: String) -> ProviderID? {
        let question = Question(endpoint: .messages, primary: models(of: nil).primary, asker: Asker())
        // A name that leads nowhere is nobody's.
        guard let target = try? resolve(name, question) else { return nil }
        return isKnown(target) || name.contains("/") ? target.provider : nil
    }

    /// Why a name that nobody lists goes where it goes; nil for one whose provider is named or known.
    ///
    /// - Parameter endpoints: those that the question is about.
    func doubt(about text: String, endpoints: [Endpoint]) -> String? {
        let name = ProfileSuffix(text)?.name ?? text
        guard !name.contains("/"), aliases[name] == nil, !Self.defaultNames.contains(name), listings[name] == nil,
            listings[text] == nil
        else { return nil }
        let asked = endpoints.filter { withCredential.contains($0.nativeProvider) }
            .map { "\($0.nativeProvider) on \($0.path)" }
        guard !asked.isEmpty else { return nil }
        return "No alias is \"\(text.prefix(100).escapedForDisplay)\", and no provider lists it; the provider of the "
            + "endpoint is asked: \(asked.joined(separator: ", "))."
    }
}

extension String {
    /// The part behind `provider/`.
    fileprivate func model(of provider: ProviderID) -> String? {
        hasPrefix("\(provider)/") ? String(dropFirst(provider.text.count + 1)) : nil
    }
}
