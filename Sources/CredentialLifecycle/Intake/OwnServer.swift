// SPDX-License-Identifier: Apache-2.0
package import Credentials
import Providers
import Settings

extension ProviderSet {
    /// Who has put another address in a vendor's place, made a provider, or runs one, knows what it takes.
    package func takesAnything(_ id: ProviderID) -> Bool {
        guard let provider = self[id] ?? leftOut[id] else {
            return Provider[id: id] == nil && OtherProvider[id: id] == nil
        }
        if provider.baseURL != Provider[id: id]?.baseURL { return true }
        // Asked for every provider by every command: few addresses have to be taken apart.
        guard provider.baseURL.hasPrefix("http://"), let host = provider.place?.host else { return false }
        return host == "localhost" || NetworkAddress(host)?.isLoopback == true
    }
    /// What a credential looks like that somebody else's server gets to see: a vendor's key. Nil where nothing is odd about
    /// it: on the vendor's own servers, on this machine and its networks, and for a provider that is named for the vendor,
    /// as a proxy is.
    package func strayLook(_ secret: Secret, for id: ProviderID) -> Shape.Look? {
        guard let provider = self[id], provider.baseURL != Provider[id: id]?.baseURL,
            let look = Shape.foreignLook(secret, for: id), !look.domains.isEmpty, let place = provider.place,
            !Self.isNear(place.host),
            !look.domains.contains(where: { place.host == $0 || place.host.hasSuffix(".\($0)") })
        else { return nil }
        let isNamed = look.provider.map { vendor in
            id.text.contains(vendor.text) || place.path.lowercased().contains(vendor.text)
                || Self.isNamed(place.host, for: vendor, look.domains)
        }
        return isNamed == true ? nil : look
    }

    /// As in `anthropic.proxy.example`, not as in `anthropic.com.example.net`.
    private static func isNamed(_ host: String, for vendor: ProviderID, _ domains: [String]) -> Bool {
        host.split(separator: ".").contains { $0 == vendor.text } && !domains.contains { host.contains("\($0).") }
    }

    /// A name without a dot is one of a network of ours.
    private static func isNear(_ host: String) -> Bool {
        if let address = NetworkAddress(host) { return address.isLoopback || address.isPrivate }
        let labels = host.split(separator: ".")
        return labels.count < 2 || ["local", "localhost", "internal", "lan"].contains(labels.last ?? "")
            || host.hasSuffix(".home.arpa")
    }
}
