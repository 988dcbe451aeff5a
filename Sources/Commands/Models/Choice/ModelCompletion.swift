// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Providers

/// What a shell offers where a model, an alias or a fallback is typed.
enum ModelCompletion {
    @Sendable static func models(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        offered(prefix) { models, reading in
            let listed = reading.providers.all.values.flatMap { provider in
                provider.models.map { "\(provider.id)/\($0)" }
            }
            return models.configured + models.aliases.keys + listed
        }
    }

    @Sendable static func aliases(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        offered(prefix) { models, _ in Array(models.aliases.keys) }
    }

    @Sendable static func fallbacks(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        offered(prefix) { models, _ in words.contains(ImageModel.command) ? models.imageFallbacks : models.fallbacks }
    }

    private static func offered(
        _ prefix: String, _ choose: (ConfiguredModels, InstanceReading) -> [String]
    ) -> [String] {
        // Without a home there is nothing to offer.
        guard let reading = try? (Completions.context ?? .live()).leavingNoTrace.reading() else { return [] }
        return Set(choose(ConfiguredModels(reading), reading)).filter { $0.hasPrefix(prefix) }.sorted()
    }
}
