// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import Settings

/// Where a client token is from, and as much of it as may be shown.
struct ClientTokenPlace: Equatable {
    /// ``EnvironmentView/configured``, or the name of the layer that has its variable.
    var source: String
    var mask: String

    /// - Parameter entry: of the gateway's `environment`; nil when it has none, or is too old to say.
    init?(_ entry: Element?) {
        guard let source = entry?["source"]?.string, let mask = entry?["mask"]?.string else { return nil }
        self.source = source
        self.mask = mask
    }

    /// As this process finds it.
    init?(_ reading: InstanceReading) {
        guard let found = EnvironmentView(reading).clientToken else { return nil }
        (source, mask) = found
    }

    func words(_ context: CommandContext, _ layout: StateLayout, isOurs: Bool) -> String {
        if source == EnvironmentView.configured {
            return "\(source) of \(isOurs ? context.shown(layout.configPath) : "its configuration")"
        }
        return "\(InstanceSettings.tokenVariable) in \(context.words(forLayer: source, layout, isOurs: isOurs))"
    }
}

/// The client token as this command finds it, beside the one that the running gateway takes.
enum ClientTokenStanding {
    /// The gateway takes this one, or none runs that says otherwise.
    case found
    /// The gateway takes another one.
    case other(ClientTokenPlace)
    /// Only the gateway has one.
    case elsewhere(ClientTokenPlace)
    /// None is to be seen; the login shell, which commands do not ask, may have one.
    case maybeInShell
    case missing

    init(_ reading: InstanceReading, _ view: InstanceView) {
        let ours = ClientTokenPlace(reading)
        if let theirs = view.variables?.clientToken {
            guard let ours else {
                self = .elsewhere(theirs)
                return
            }
            self = ours.mask == theirs.mask ? .found : .other(theirs)
        } else if ours != nil {
            self = .found
        } else {
            // A gateway that was asked and has none has asked the shell too.
            self = view.variables == nil && reading.settings.env.shell.isEnabled ? .maybeInShell : .missing
        }
    }

    /// What a person should know; nil when all is as it should be, or when there is no token at all.
    func advice(_ context: CommandContext, _ layout: StateLayout) -> Advice? {
        let name = InstanceSettings.tokenVariable
        let keep = "agenticflow-enterprise env set \(name)"
        switch self {
        case .found, .missing: return nil
        case .other(let place):
            return Advice(
                what: "The gateway takes another client token than this command found.",
                why: "Its own is from \(place.words(context, layout, isOurs: false)) (\(place.mask)).",
                fix: "Start the gateway anew to have it take this one: agenticflow-enterprise gateway run")
        case .elsewhere(let place):
            let isShell = place.source == EnvironmentLayers.Layer.shell.name
            return Advice(
                what: "The gateway's client token is from \(place.words(context, layout, isOurs: false)), "
                    + (isShell ? "which commands do not ask." : "which this command does not see."),
                why:
                    "Clients use it (\(place.mask)), and commands that ask the gateway work; only the token itself cannot be shown here.",
                fix: isShell
                    ? "Run this in a login shell; or put the token into \(context.shown(layout.dotEnvPath)): \(keep)"
                    : "Run this where it is set; or put the token into \(context.shown(layout.dotEnvPath)): \(keep)")
        case .maybeInShell:
            return Advice(
                what: "No client token is to be seen here; the login shell may have one.",
                why: "env.shellEnv is on, and only the gateway asks the shell, at its start.",
                fix: "See what it has: agenticflow-enterprise env list --ask-shell; or put a token into "
                    + "\(context.shown(layout.dotEnvPath)): \(keep)")
        }
    }
}
