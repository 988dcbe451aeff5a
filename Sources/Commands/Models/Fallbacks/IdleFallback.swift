// SPDX-License-Identifier: Apache-2.0
import Credentials
import Providers

/// A fallback that never gets a request. Nothing is translated: a request stays with providers of the format that it came
/// in, and the model that it would stand in for takes only those of another one.
struct IdleFallback {
    /// What it would stand in for.
    let first: String
    let what: String
    let why: String

    /// - Returns: nil for one that can stand in, and where that is not known.
    init?(_ fallback: String, in slot: any ModelSlot.Type, _ models: ConfiguredModels) {
        let first = slot.key == ImageModel.key ? models.imageModel : models.resolvedDefault
        guard let first, let one = models.provider(of: fallback), let other = models.provider(of: first),
            one.formats.isDisjoint(with: other.formats)
        else { return nil }
        self.first = first
        what = "\(fallback) never takes the place of \(first)."
        why =
            "\(one.displayName) and \(other.displayName) speak different formats, and a request stays in the one it came in."
    }
}
