// SPDX-License-Identifier: Apache-2.0
import Credentials

/// How a provider that is known by name alone gets an address and a wire format.
enum ProviderPlace {
    static func command(for provider: ProviderID) -> String {
        let place = "agenticflow-enterprise config set models.providers.\(provider)"
        return "\(place).baseUrl https://HOST/v1 && \(place).api openai-completions"
    }
}
