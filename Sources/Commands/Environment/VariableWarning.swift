// SPDX-License-Identifier: Apache-2.0
import Credentials
import Settings

extension VariableRow {
    /// Why the gateway uses another value than is to be seen here, or none, and what helps: the same words wherever a
    /// command mentions it. Nil when there is nothing that a person should know.
    func warning(_ context: CommandContext, _ layout: StateLayout) -> Advice? {
        if !isWarned { return nil }
        let file = context.shown(layout.dotEnvPath)
        guard gateway == .different else {
            return Advice(
                what: "The gateway does not have \(name).",
                why: "It is set where this command runs, and not where the gateway was started.",
                fix: "Put it into \(file), which the gateway reads at once: \(setting)")
        }
        let theirs = gatewayLayer.map { context.words(forLayer: $0, layout, isOurs: false) } ?? "elsewhere"
        let ours = layer.map { context.words(for: $0, layout) } ?? "nowhere"
        return Advice(
            what: "The gateway has another value for \(name).", why: "Here it is from \(ours), there from \(theirs).",
            fix: fixOfAnother)
    }

    /// What a person should know: the gateway uses another value than this shell suggests, or none.
    private var isWarned: Bool {
        guard isCredential else { return false }
        switch gateway {
        case .missing: return layer == .process
        case .different: return layer == .process || gatewayLayer == EnvironmentLayers.Layer.process.name
        case .same, .only, .unknown, .none: return false
        }
    }

    private var setting: String { "agenticflow-enterprise env set \(name.shellWord)" }

    /// What the gateway was started with goes before every file, and a layer that this version does not know may.
    private var fixOfAnother: String {
        switch EnvironmentLayers.Layer.allCases.first(where: { $0.name == gatewayLayer }) {
        case .stateDotEnv, .config, .shell: return "To give the gateway this one: \(setting)"
        case .workingDirectory, nil: return "Change it there, or look at: agenticflow-enterprise env list"
        case .process: break
        }
        let again = "Start the gateway again without that variable"
        return switch layer {
        case .process, nil: "\(again), and give it this one with: \(setting); or start it with the right one"
        case .stateDotEnv, .workingDirectory, .config, .shell:
            "\(again), so that what is here counts; or start it with the right one"
        }
    }
}
