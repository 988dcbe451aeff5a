// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import Providers
import SafeFiles
import Settings

/// One variable of `<state>/.env` that a command changes.
struct EnvironmentTarget {
    let name: String
    private let context: CommandContext
    private let reading: InstanceReading

    init(_ name: String, in context: CommandContext) throws {
        guard name.isVariableName else { throw EnvironmentError.badName() }
        self.init(name, context, try context.reading())
    }

    init(_ name: String, _ context: CommandContext, _ reading: InstanceReading) {
        self.name = name
        self.context = context
        self.reading = reading
    }

    var shownPath: String { context.shown(reading.layout.dotEnvPath) }

    /// Without effect in this file, because the program has to know them before it finds the file.
    func refuseStructural() throws {
        if StateLayout.structuralVariables.contains(name) {
            throw EnvironmentError.structural(name, path: shownPath)
        }
    }

    /// Read by nobody here, and by every other program that takes this file for its environment.
    func refuseOfProcess() throws(EnvironmentError) {
        let isLoader = ["LD_", "DYLD_"].contains { name.hasPrefix($0) }
        if isLoader || Self.ofProcess.contains(name) { throw .ofProcess(name, path: shownPath) }
    }

    /// What a system sets for each program, and shells and programs go by.
    private static let ofProcess: Set<String> = [
        "PATH", "SHELL", "IFS", "ENV", "BASH_ENV", "CDPATH", "PWD", "OLDPWD", "USER", "LOGNAME", "TERM", "TMPDIR",
    ]

    /// - Parameter text: as typed or piped.
    /// - Throws: ``IntakeError`` for a credential's variable, when the text is no credential.
    func value(pasted text: String) throws -> Secret {
        if isSecret, !context.terminal.hasPerson, Secret(text).isBlank {
            throw IntakeError.nothingPiped("agenticflow-enterprise env set \(name)")
        }
        return try credential(pasted: text) ?? Self.plain(text, for: name)
    }

    /// Nil for the variable of no credential.
    func credential(pasted text: String) throws -> Secret? {
        guard isSecret else { return nil }
        let takesAnyWord = owner.map(reading.providers.takesAnything) ?? false
        if name.hasSuffix("_API_KEYS") {
            let parts = text.split { $0 == "," || $0 == ";" || $0.isWhitespace }
            if parts.isEmpty { throw IntakeError.empty }
            for part in parts { try requireCredential(PastedSecret(String(part), takesAnyWord: takesAnyWord).secret) }
            return Secret(text.trimmed)
        }
        let pasted = try PastedSecret(text, takesAnyWord: takesAnyWord)
        if pasted.removedQuotes { context.terminal.notice("The quotes around it were left out.") }
        if name.hasSuffix("_API_KEY"), name.hasPrefix("ANTHROPIC_") {
            try Shape.check(pasted.secret, kind: .apiKey, provider: .anthropic)
        }
        try requireCredential(pasted.secret)
        return pasted.secret
    }

    /// The variable of a provider holds what the provider takes; any other what it likes.
    private func requireCredential(_ secret: Secret) throws(IntakeError) {
        guard let owner else { return }
        try context.requireCredential(secret, for: owner, reading)
    }

    private var owner: ProviderID? {
        reading.providers.all.values.first { $0.environmentVariables.contains(name) }?.id
    }

    private var isSecret: Bool {
        let configured = reading.providers.all.values.flatMap(\.environmentVariables)
        return name == InstanceSettings.tokenVariable || Provider.secretVariables.contains(name)
            || configured.contains(name) || reading.settings.references.contains(name)
            || (EnvironmentLayers.isKeyFamily(name) && !name.hasSuffix("_FILE"))
            || (name.hasPrefix("AGENTICFLOW_LIVE_") && name.hasSuffix("_KEY"))
    }

    /// Why a text that looks like another vendor's key does not take the place of the value that is there. Keys may be
    /// numbered, so both can be kept.
    func refusal(of value: Secret, over old: Secret?) -> Advice? {
        guard let owner, let old, name.hasSuffix("_API_KEY"),
            let foreign = ForeignKey(value, over: old, for: owner, reading)
        else { return nil }
        let free = (2...).lazy.map { "\(name)_\($0)" }.first { reading.environment.lookup($0) == nil } ?? "\(name)_2"
        return foreign.refusal(
            of: name, holding: old.masked, right: foreign.storing(in: reading),
            both: "agenticflow-enterprise env set \(free)")
    }

    /// - Parameter value: what the variable holds now.
    func tellForeign(_ value: Secret) {
        if let owner, let stray = StrayKey(value, for: owner, reading) {
            let right = "agenticflow-enterprise env set \(name)"
            context.terminal.notice("warning", stray.advice(of: name, right: right))
        }
        guard let owner, let foreign = ForeignKey(value, for: owner, reading) else { return }
        let undo = "agenticflow-enterprise env unset \(name)"
        context.terminal.notice(
            "warning", foreign.advice(place: "the value of \(name)", right: foreign.storing(in: reading), undo: undo))
    }

    /// That nothing reads a variable of that name, which was probably meant to be another.
    var nameDoubt: Advice? {
        likelyName.map { likely in
            Advice(
                what: "Nothing reads a variable named \(name). Did you mean \(likely)?",
                why: "It is stored all the same, for programs of your own.",
                fix: "Run: agenticflow-enterprise env set \(likely), then: agenticflow-enterprise env unset \(name)")
        }
    }

    /// That it redirects nothing.
    func addressDoubt(_ value: Secret) -> Advice? { IdleAddress(name, value, reading)?.advice }

    /// What the name was probably meant to be, when nothing reads a variable of that name.
    private var likelyName: String? {
        if Provider.credentialVariables.contains(name) || reading.settings.references.contains(name) || isRead(name)
            || EnvironmentView.referencedByProfiles(reading).contains(name)
        {
            return nil
        }
        let upper = name.uppercased()
        if upper != name, isRead(upper) { return upper }
        let known = (reading.providers.all.values.flatMap(\.environmentVariables) + [InstanceSettings.tokenVariable])
            .sorted()
        // Of keys only the part that differs is compared: the rest makes all of them look alike.
        let ending = "_API_KEY"
        guard upper.hasSuffix(ending) else { return Spelling.nearest(to: name, among: known) }
        if let vendor = Self.vendors[String(upper.dropLast(ending.count))] { return vendor + ending }
        let stems = known.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }
        return Spelling.nearest(to: String(upper.dropLast(ending.count)), among: stems).map { $0 + ending }
    }

    /// Of models that people name in their vendor's place.
    private static let vendors = ["CLAUDE": "ANTHROPIC", "GPT": "OPENAI", "CHATGPT": "OPENAI", "GROK": "XAI"]

    /// Lists and families of keys have names that no table holds.
    private func isRead(_ name: String) -> Bool {
        let alone = EnvironmentLayers(process: [name: "x"])
        return name == InstanceSettings.tokenVariable
            || reading.providers.all.values.contains {
                alone.keyVariables(for: $0.id, variables: $0.environmentVariables).contains(name)
            }
    }

    /// The line end that a pipe adds is not part of it.
    private static func plain(_ text: String, for name: String) throws -> Secret {
        let value = text.last?.isNewline == true ? String(text.dropLast()) : text
        if Secret(value).isBlank { throw EnvironmentError.noValue(name) }
        return Secret(value)
    }

    func edit<R>(_ change: (inout DotEnv) throws(StoreError) -> R) throws -> R {
        let (result, notices) = try EnvironmentFile(reading.layout).edit(change)
        for notice in notices { context.terminal.notice("\(context.shown(notice.path)): \(notice.text)") }
        return result
    }

    /// - Parameter value: what the file says now; nil when it was taken out.
    func tellWhatCounts(now value: Secret?) {
        let others = reading.environment.lookup(name)
        let place = others.map { context.words(for: $0.layer, reading.layout) } ?? ""
        if let others, others.layer < .stateDotEnv {
            context.terminal.notice(
                "\(name) is also set in \(place) (\(others.value.masked)), which goes first for commands run here. "
                    + "The gateway has its own environment.")
        } else if value == nil, let rest = others?.shadows.first {
            context.terminal.notice("\(name) now counts from \(context.words(for: rest, reading.layout)).")
        }
        tellWhatTheGatewayDoes(isSet: value != nil)
    }

    private func tellWhatTheGatewayDoes(isSet: Bool) {
        let answer = GatewayAnswer(reading, .status, "/api/v1/status")
        switch answer {
        case .notRunning, .stopping: break
        case .hidden: context.tellGateway(reading)
        case .answered(200, let root):
            let theirs = GatewayVariables(root["environment"])?.entries[name]
            if theirs?.layer == EnvironmentLayers.Layer.process.name {
                context.terminal.notice(
                    "warning",
                    Advice(
                        what: "The running gateway goes on with another \(name).",
                        why: "It was started with one in its own environment, which goes before \(shownPath).",
                        fix: "Start it again without that variable."))
            } else {
                context.terminal.notice("The running gateway takes it up within two seconds.")
            }
        case .answered, .silent:
            let gateway = UnhelpfulGateway(reading, answer.silence ?? GatewayAnswer.foreign)
            context.terminal.notice(
                "warning",
                Advice(
                    what: "Whether the gateway that runs has taken it up is not known.", why: gateway.why,
                    fix: gateway.remedy))
        }
    }
}
