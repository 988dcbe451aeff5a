// SPDX-License-Identifier: Apache-2.0

/// The `@profile` behind a model's name, which asks for one credential. It begins at the first `@`: ids hold e-mail
/// addresses.
package struct ProfileSuffix: Equatable, Sendable {
    /// The model's name before it.
    package let name: String
    /// As written, without the `@`.
    package let text: String

    /// - Returns: nil when there is no `@`, or nothing before it.
    package init?(_ whole: String) {
        guard let at = whole.firstIndex(of: "@"), at != whole.startIndex else { return nil }
        name = String(whole[..<at])
        text = String(whole[whole.index(after: at)...])
    }

    /// Whether it can only be a profile's id, whoever has it.
    package var isFullID: Bool { ProfileID(text) != nil }

    /// The profile it names: by its whole id, or by the part behind the colon alone.
    ///
    /// - Parameter provider: whose model it is.
    /// - Returns: nil for what no id can be.
    package func profile(of provider: ProviderID) -> ProfileID? {
        if let id = ProfileID(text) { return id }
        guard let colon = text.firstIndex(of: ":") else { return ProfileID(provider: provider, name: text) }
        return ProviderID(text[..<colon]).flatMap {
            ProfileID(provider: $0, name: String(text[text.index(after: colon)...]))
        }
    }
}
