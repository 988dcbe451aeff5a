// SPDX-License-Identifier: Apache-2.0
import Credentials
import Providers
import Settings

/// Why what is configured for a provider cannot be used, so that the provider is left out.
struct ProviderFlaw {
    let fault: ProviderFault
    private static let program = "agenticflow-enterprise"

    /// - Parameters:
    ///   - meant: the provider that it is nearly the name of; nil for none.
    ///   - place: where requests would go; nil for none.
    ///   - layout: where `~` leads; nil when no file is looked at.
    /// - Returns: nil when it can be used.
    init?(
        _ id: ProviderID, _ own: ProviderSettings, isBuiltIn: Bool, meant: ProviderID?, place: UpstreamPlace?,
        _ layout: StateLayout?
    ) {
        let key = id.place()
        let set = { (key: String) in "\(Self.program) config set \(id.place(key).shellWord)" }
        let take = { (key: String) in "\(Self.program) config unset \(id.place(key).shellWord)" }
        let address = own.api == .anthropicMessages || id == .anthropic ? "https://HOST" : "https://HOST/v1"
        let unset = isBuiltIn ? "; or, for the built-in address: \(take("baseUrl"))" : ""
        if let flaw = own.addressFlaw {
            fault = ProviderFault(
                Advice(
                    what: "\(key) is left out: nothing can be sent to its baseUrl.", why: "It \(flaw).",
                    fix: "Run: \(set("baseUrl")) \(address)\(unset)"))
        } else if !isBuiltIn, own.baseURL == nil || own.api == nil {
            let lines = [
                own.baseURL == nil ? "\(set("baseUrl")) \(address)" : nil,
                own.api == nil ? "\(set("api")) \(ConfiguredAPI.openaiCompletions.rawValue)" : nil,
            ].compactMap(\.self)
            let why =
                own.baseURL == nil
                ? (own.api == nil ? "It has neither." : "It has an api and no baseUrl.")
                : "It has a baseUrl and no usable api."
            fault = ProviderFault(
                Advice(
                    what: "\(key) needs a baseUrl and an api: it is not a built-in provider."
                        + (meant.map { " Did you mean \($0)?" } ?? ""),
                    why: why, fix: (meant.map(Self.renaming) ?? "Run: ") + lines.joined(separator: " && ")))
        } else if place == nil {
            fault = ProviderFault(
                Advice(
                    what: "\(key) is left out: nothing can be sent to its baseUrl.",
                    why: "It is no address such as \(address).", fix: "Run: \(set("baseUrl")) \(address)\(unset)"))
        } else if let path = own.caFile, let layout, layout.absolutePath(path) == nil {
            fault = ProviderFault(
                Advice(
                    what: "\(key) is left out: its caFile cannot be used.",
                    why: "It is no absolute path, and none that begins with ~/.",
                    fix: "Run: \(set("caFile")) /PATH/TO/FILE.pem; or, without one: \(take("caFile"))"))
        } else {
            return nil
        }
    }

    private static func renaming(to meant: ProviderID) -> String {
        "If \(meant) is meant, name it so: \"${EDITOR:-vi}\" \"$(\(program) config path)\". If it is a provider of your own, "
            + "run: "
    }
}
