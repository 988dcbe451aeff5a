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
        if let host = provider.place?.host, host == "localhost" || NetworkAddress(host)?.isLoopback == true {
            return true
        }
        return provider.baseURL != Provider[id: id]?.baseURL
    }
}
