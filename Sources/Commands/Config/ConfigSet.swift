// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import Documents
import Providers
import Settings

struct ConfigSet: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set a value of the configuration.",
        discussion: """
            Missing objects on the way are made. The value is read as JSON5 if it is that, else as text. A credential is \
            never a word of the command: name a variable ('${NAME}'), or give --stdin.

            Example: agenticflow-enterprise config set gateway.allowedHosts '["ai.example"]'
            """)

    @Argument(
        help: ArgumentHelp("As in agents.list[0].id; a key with dots in quotes.", valueName: "path"),
        completion: .custom(ConfigCompletion.paths))
    var path: String
    @Argument(
        help: ArgumentHelp("What to set. Behind -- when it begins with a dash.", valueName: "value"),
        completion: .custom(ConfigCompletion.values))
    var value: String?
    /// Whatever else was typed: it may be a part of a secret, so it is refused without being repeated.
    @Argument(help: .hidden)
    var rest: [String] = []
    @Flag(help: "Read the value from a pipe, or from a prompt that hides it.")
    var stdin = false
    @Flag(help: "The value is text, whatever it looks like.")
    var string = false
    @Flag(help: "The value is strict JSON. What is printed is JSON too.")
    var json = false
    @OptionGroup var guards: ChangeGuards
    @Flag(help: "Set a key that has no meaning to this version.")
    var allowUnknown = false

    func run(in context: CommandContext) throws {
        try refuseEqualsSign()
        let typed = try ConfigError.parse(path)
        try checkFlags(typed)
        var change = try ConfigChange(in: context)
        guards.apply(to: &change)
        change.isJSON = json
        let place = typed.resolved(in: change.effective)
        try checkKey(place)
        try change.refuseIncluded(place)
        try Self.checkWay(place, in: change.authored)
        let text = try value ?? context.terminal.readSecret("Value for \(place.shown)")
        let reading: ConfigValue.Reading = string ? .text : json ? .json : .asItLooks
        let isPiped = value == nil && !context.terminal.hasPerson
        let value = try value(text, at: place, as: reading, isPiped: isPiped, context, change.reading)
        let new = value.literal
        try checkKeys(of: new, at: place)
        if value.removedQuotes { context.terminal.notice("The quotes around it were left out.") }
        for credential in value.credentials { try context.requireCredential(credential, change.reading) }
        try change.make(at: [place]) { document throws(DocumentError) in
            if document.element(at: place)?.literal != new { try document.set(new, at: place) }
        }
        for credential in value.credentials { context.tellForeign(credential, change.reading) }
        // Without one, what is printed says that nobody is let in.
        if place.keys == ["gateway", "auth", "token"], change.reading.clientToken != nil,
            try context.reading().clientToken != nil
        {
            context.terminal.notice("Clients that send another token are refused from now on.")
        }
        if place.last == .key("baseUrl") { try tellAddress(place, in: context) }
    }

    /// It may be right all the same, so nothing else complains of it until a provider answers that nothing is there.
    private func tellAddress(_ place: DocumentPath, in context: CommandContext) throws {
        guard let keys = place.keys, keys.count == 4, let id = ProviderID(keys[2]),
            let provider = try context.reading().providers[id], let doubt = provider.addressDoubt
        else { return }
        context.terminal.notice(
            "warning",
            Advice(
                what: "\(doubt).",
                why: "What is asked for stands right behind it, as in \(provider.baseURL)/chat/completions.",
                fix: "Unless that is what the provider says: agenticflow-enterprise config set \(place.typed) "
                    + "\(provider.baseURL.shellWord)/v1"))
    }

    private func value(
        _ text: String, at place: DocumentPath, as reading: ConfigValue.Reading, isPiped: Bool,
        _ context: CommandContext, _ known: InstanceReading
    ) throws -> ConfigValue {
        do {
            return try ConfigValue(
                text, at: place, as: reading, isWord: value != nil,
                takesAnyWord: { known.providers.takesAnything($0) },
                variable: { try EnvironmentTarget($0, context, known).credential(pasted: $1) })
        } catch IntakeError.empty where isPiped {
            throw IntakeError.nothingPiped("agenticflow-enterprise config set \(place.typed) --stdin")
        }
    }

    /// `gateway.port=18790` and `gateway.port = 18790`, as other programs take it.
    private func refuseEqualsSign() throws(ConfigError) {
        let sign = path.firstIndex(of: "=")
        let isApart = value == "=" && rest.count == 1
        guard isApart || (value == nil && !stdin && sign != nil) else { return }
        let left = isApart ? path : String(path[..<(sign ?? path.endIndex)])
        let right = isApart ? rest[0] : String(path[(sign.map { path.index(after: $0) } ?? path.endIndex)...])
        // Whatever is no path is told as that.
        guard let place = try? DocumentPath(parsing: left) else { return }
        if KnownKeys.isSecret(place) { throw .secretAsWord(place) }
        // A value is repeated only where none is a secret.
        let isKnown = KnownKeys.unknown(on: place) == nil && !right.isEmpty && !SecretWords.looksSecret(right)
        throw .equalsSign(place, value: isKnown ? right : nil)
    }

    private func checkFlags(_ place: DocumentPath) throws(ConfigError) {
        if !rest.isEmpty { throw KnownKeys.isSecret(place) ? .secretAsWord(place) : .severalValues }
        if string, json { throw .twoKinds }
        if value != nil, stdin { throw .valueAndStdin }
        if value == nil, !stdin { throw .noValue(place) }
    }

    private func checkKey(_ place: DocumentPath) throws(ConfigError) {
        if case .misplaced(let instead) = KnownKeys.key(at: place)?.kind { throw .misplaced(place, instead: instead) }
        guard !allowUnknown, KnownKeys.unknown(on: place) != nil else { return }
        let near = KnownKeys.meant(by: place)
        // Names with dots in them are those of entries, which have keys of their own.
        let quoted = place.joiningKeys.first { path, joined in
            near == nil && joined.upperBound < place.steps.count && KnownKeys.unknown(on: path) == nil
        }
        if let quoted { throw .dotsInKey(place, quoted: quoted.path, command: "set") }
        throw .unknownKey(place, near: near ?? Self.variable(place))
    }

    /// What older programs read right under `env`.
    private static func variable(_ place: DocumentPath) -> DocumentPath? {
        guard let keys = place.keys, keys.count == 2, keys[0] == "env", keys[1].isVariableName else { return nil }
        return DocumentPath(["env", "vars", keys[1]])
    }

    private func checkKeys(of value: Literal, at place: DocumentPath) throws(ConfigError) {
        switch value {
        case .object(let members):
            for member in members {
                let inner = place.appending(.key(member.key))
                try checkKey(inner)
                try checkKeys(of: member.value, at: inner)
            }
        case .array(let values):
            for (index, value) in values.enumerated() { try checkKeys(of: value, at: place.appending(.index(index))) }
        default: break
        }
    }

    /// Through a text or a number leads no way.
    static func checkWay(_ place: DocumentPath, in document: Document) throws(ConfigError) {
        for (depth, step) in place.steps.enumerated() {
            let around = place.prefix(depth)
            guard let holder = document.element(at: around), !(holder.isNull && depth > 0) else {
                if case .index(let index) = step, index > 0 { throw .beyondEnd(place.prefix(depth + 1), count: 0) }
                continue
            }
            switch step {
            case .key: guard holder.kind == .object else { throw .noWay(place, through: around, holder.kind) }
            case .index(let index):
                guard holder.kind == .array else { throw .noWay(place, through: around, holder.kind) }
                let count = holder.elements.count
                guard index <= count else { throw .beyondEnd(place.prefix(depth + 1), count: count) }
            }
        }
    }
}

/// The flags that every command with a ``ConfigChange`` of any size has.
struct ChangeGuards: ParsableArguments {
    @Flag(help: "Show the change, and write nothing.")
    var dryRun = false
    @Flag(help: "Let the change take away more than half of the file.")
    var allowLoss = false

    func apply(to change: inout ConfigChange) {
        change.isRehearsal = dryRun
        change.mayShrink = allowLoss
    }
}
