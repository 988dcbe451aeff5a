// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import Rotation
import Settings

/// Which variables the running gateway says it has.
struct GatewayVariables {
    struct Entry: Equatable {
        var name: String
        /// As ``Settings/EnvironmentLayers/Layer/name`` gives it, or one that a later version has added.
        var layer: String
        var mask: String
    }

    var entries: [String: Entry] = [:]
    var isShellEnabled = false
    var wasShellAsked = false
    /// Variables that only its login shell has supplied.
    var applied: [String] = []
    var shellProblem: String?
    /// Where its client token is from; nil when it has none, or does not say.
    var clientToken: ClientTokenPlace?

    /// - Parameter root: the answer's `environment`; nil for an older gateway, which does not say.
    init?(_ root: Element?) {
        guard let root, let list = root["variables"]?.elements else { return nil }
        for entry in list {
            guard let name = entry["name"]?.string, let layer = entry["layer"]?.string, let mask = entry["mask"]?.string
            else { continue }
            entries[name] = Entry(name: name, layer: layer, mask: mask)
        }
        let shell = root["shellEnv"]
        isShellEnabled = shell?["enabled"]?.boolean ?? false
        wasShellAsked = shell?["asked"]?.boolean ?? false
        applied = shell?["applied"]?.elements.compactMap(\.string) ?? []
        shellProblem = shell?["problem"]?.string
        clientToken = ClientTokenPlace(root["clientToken"])
    }
}

/// One variable as this command sees it, beside what the running gateway says of it.
struct VariableRow: Equatable {
    enum Gateway: String {
        case same
        case different
        case missing
        /// Only the gateway has it.
        case only
        /// It does not say.
        case unknown
        /// None runs.
        case none
    }

    var name: String
    var mask: String
    /// Nil when only the gateway has it.
    var layer: EnvironmentLayers.Layer?
    var shadows: [EnvironmentLayers.Layer] = []
    var contradicts: [EnvironmentLayers.Layer] = []
    /// Requests are sent with what is in it.
    var isCredential = false
    /// The provider whose key it is, when this version does not relay to that one.
    var unusedProvider: ProviderID?
    var gateway: Gateway
    /// Where the gateway has it from.
    var gatewayLayer: String?
}

/// Lays what this command sees beside what the gateway has.
struct VariableComparison {
    let rows: [VariableRow]

    /// - Parameter view: what the gateway said, where one runs.
    init(_ own: EnvironmentView, _ view: InstanceView) {
        var rows = own.variables.map { variable in
            VariableRow(
                name: variable.name, mask: variable.mask, layer: variable.layer, shadows: variable.shadows,
                contradicts: variable.contradicts, isCredential: variable.isProviderKey || variable.isReference,
                unusedProvider: variable.unusedProvider, gateway: Self.standing(of: variable, view),
                gatewayLayer: view.variables?.entries[variable.name]?.layer)
        }
        let known = Set(rows.map(\.name))
        for entry in view.variables?.entries.values.filter({ !known.contains($0.name) }) ?? [] {
            rows.append(
                VariableRow(name: entry.name, mask: entry.mask, gateway: .only, gatewayLayer: entry.layer))
        }
        self.rows = rows.sorted { $0.name < $1.name }
    }

    private static func standing(of variable: EnvironmentView.Variable, _ view: InstanceView) -> VariableRow.Gateway {
        switch view.origin {
        case .files(.notRunning): return .none
        case .files, .filesAhead: return .unknown
        case .gateway: break
        }
        guard let theirs = view.variables else {
            // An older gateway names the variables of the keys that it uses, and no values.
            guard variable.isProviderKey else { return .unknown }
            let isUsed = view.lines.contains { CandidateSource(label: $0.source).variable == variable.name }
            return isUsed ? .unknown : .missing
        }
        guard let entry = theirs.entries[variable.name] else { return .missing }
        return entry.mask == variable.mask ? .same : .different
    }
}

extension VariableRow {
    /// Such as `- X_API_KEY=sk-t...cd from process, over ~/.env (another value) | gateway: same`.
    func line(_ context: CommandContext, _ layout: StateLayout) -> String {
        guard let layer else {
            let place = gatewayLayer.map { context.words(forLayer: $0, layout, isOurs: false) } ?? "elsewhere"
            return "- \(name)=\(mask) only in the gateway, from \(place)"
        }
        if name == "AGENTICFLOW_PROFILE", let instance = context.terminal.instance {
            return "- \(name)=\(instance) from --profile"
        }
        var text = "- \(name)=\(mask) from \(context.words(for: layer, layout))"
        if !shadows.isEmpty {
            let hidden = shadows.map { layer in
                context.words(for: layer, layout) + (contradicts.contains(layer) ? " (another value)" : "")
            }
            text += ", over \(hidden.joined(separator: ", "))"
        }
        if let unusedProvider { text += " | not used: this version does not relay to \(unusedProvider)" }
        return text + (gatewayWords(context, layout).map { " | gateway: \($0)" } ?? "")
    }

    private func gatewayWords(_ context: CommandContext, _ layout: StateLayout) -> String? {
        let place = gatewayLayer.map { context.words(forLayer: $0, layout, isOurs: false) } ?? ""
        return switch gateway {
        case .none: nil
        case .same: layer?.name == gatewayLayer ? "same" : "same, from \(place)"
        case .different: "different value, from \(place)"
        case .only: nil
        case .missing: "missing"
        case .unknown: "unknown"
        }
    }

    /// - Parameter layout: for the words about the state directory's file.
    func json(_ context: CommandContext, _ layout: StateLayout) -> Literal {
        .object([
            .init("name", .string(name)), .init("value", .string(mask)), .init("layer", .optional(layer?.name)),
            .init("source", .optional(layer.map { context.words(for: $0, layout) })),
            .init("shadows", .strings(shadows.map(\.name))), .init("contradicts", .strings(contradicts.map(\.name))),
            .init("gateway", .string(gateway.rawValue)), .init("gatewayLayer", .optional(gatewayLayer)),
            .init("notRelayed", .optional(unusedProvider?.text)),
        ])
    }
}

extension CommandContext {
    /// Where a variable is from, as people know the place.
    func words(for layer: EnvironmentLayers.Layer, _ layout: StateLayout, isOurs: Bool = true) -> String {
        switch layer {
        case .process: isOurs ? "the environment of this command" : "the environment it was started with"
        case .workingDirectory: ".env of the working directory"
        case .stateDotEnv: shown(layout.dotEnvPath)
        case .config: "env.vars of the configuration"
        case .shell: "the login shell"
        }
    }

    func words(forLayer name: String, _ layout: StateLayout, isOurs: Bool) -> String {
        let known = EnvironmentLayers.Layer.allCases.first { $0.name == name }
        return known.map { words(for: $0, layout, isOurs: isOurs) } ?? name.escapedForDisplay
    }
}
