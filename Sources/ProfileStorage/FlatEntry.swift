// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import Documents

/// A credential as older programs kept it: one for each provider, `{"anthropic": {"apiKey": "…"}}`, in a file of their own
/// or in the place of the store.
package struct FlatEntry: Sendable {
    package var key: String
    package var provider: ProviderID
    package var kind: CredentialKind
    package var element: Element

    /// What a store has beside them.
    private static let ownKeys: Set<String> = ["version", "profiles", "order", "lastGood", "usageStats"]

    /// In the order of the file; whatever else is there is passed over.
    package static func all(in root: Element) -> [FlatEntry] {
        root.members.compactMap { key, value in
            guard !ownKeys.contains(key), let provider = ProviderID(key), let kind = kind(of: value) else { return nil }
            return FlatEntry(key: key, provider: provider, kind: kind, element: value)
        }
    }

    private static func kind(of entry: Element) -> CredentialKind? {
        func has(_ field: String) -> Bool { entry[field]?.string?.isEmpty == false }
        guard entry.kind == .object else { return nil }
        if has("key") || has("apiKey") { return .apiKey }
        if has("access"), has("refresh") { return .oauth }
        return has("token") ? .token : nil
    }
}
