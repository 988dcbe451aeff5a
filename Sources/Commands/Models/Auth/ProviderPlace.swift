// SPDX-License-Identifier: Apache-2.0
import Credentials

/// How a provider that is known by name alone gets an address and a wire format.
enum ProviderPlace {
    static func command(for provider: ProviderID) -> String {
        let set = { (key: String) in "agenticflow-enterprise config set \(provider.place(key).shellWord)" }
        return "\(set("baseUrl")) https://HOST/v1 && \(set("api")) openai-completions"
    }
}
