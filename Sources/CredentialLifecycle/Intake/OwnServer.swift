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
}
