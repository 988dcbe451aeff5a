// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import Settings

/// A value as it was typed or piped, on its way into the configuration.
struct ConfigValue {
    enum Reading {
        /// JSON5 if it is that, else text; always text where text belongs.
        case asItLooks
        case text
        case json
    }

    let path: DocumentPath
    private(set) var literal: Literal
    /// What was written out in a field for a credential, here or inside the value.
    private(set) var credentials: [Credential] = []
    let removedQuotes: Bool

    struct Credential {
        var path: DocumentPath
        var secret: Secret
        /// Whose it is; nil for the token of our own clients.
        var provider: ProviderID?
    }

    /// Whether a provider may be a server that takes any word.
    private let takesAnyWord: (ProviderID) -> Bool

    /// - Parameter isWord: it stood on the command line, where no secret belongs.
    init(
        _ text: String, at path: DocumentPath, as reading: Reading, isWord: Bool,
        takesAnyWord: @escaping (ProviderID) -> Bool,
        variable: (_ name: String, _ text: String) throws -> Secret? = { _, _ in nil }
    ) throws {
        self.path = path
        self.takesAnyWord = takesAnyWord
        let text = isWord ? text : Self.withoutLineEnd(text)
        if Self.isCredential(path), !isWord, !ShownValue.isReference(text.trimmed), reading != .json {
            let isAny = Self.provider(of: path).map(takesAnyWord) ?? false
            let pasted = try PastedSecret(text, takesAnyWord: isAny)
            literal = .string(pasted.secret.reveal())
            removedQuotes = pasted.removedQuotes
        } else {
            literal = try Self.read(text, at: path, as: reading)
            removedQuotes = false
        }
        try Self.refuseSecrets(literal, at: path, isWord: isWord)
        try collect(literal, at: path)
        literal = try Self.variables(literal, at: path) {
            // Whoever writes '' out means it.
            isWord && $1.trimmed.isEmpty ? nil : try variable($0, $1)
        }
    }

    /// What stands in `env.vars` for a credential is taken as `env set` takes it.
    private static func variables(
        _ value: Literal, at path: DocumentPath, _ taken: (String, String) throws -> Secret?
    ) throws -> Literal {
        switch value {
        case .object(let members) where path.isEmpty || path.keys?.first == "env":
            return .object(
                try members.map {
                    .init($0.key, try variables($0.value, at: path.appending(.key($0.key)), taken))
                })
        case .string(let text):
            guard let keys = path.keys, keys.count == 3, keys.prefix(2) == ["env", "vars"] else { return value }
            return try taken(keys[2], text).map { .string($0.reveal()) } ?? value
        default: return value
        }
    }

    private mutating func collect(_ value: Literal, at path: DocumentPath) throws {
        switch value {
        case .object(let members):
            for member in members { try collect(member.value, at: path.appending(.key(member.key))) }
        case .string(let text) where Self.isCredential(path):
            if ShownValue.isReference(text.trimmed) || text.trimmed.isEmpty { return }
            let provider = Self.provider(of: path)
            let pasted = try PastedSecret(text, takesAnyWord: provider.map(takesAnyWord) ?? false)
            credentials.append(Credential(path: path, secret: pasted.secret, provider: provider))
        default: break
        }
    }

    /// Nil for the token of our own clients.
    private static func provider(of path: DocumentPath) -> ProviderID? {
        if path.steps.count == 4, case .key(let name) = path.steps[2] { ProviderID(name) } else { nil }
    }

    /// The fields that a header is made of: what the reader expands variables in.
    private static func isCredential(_ path: DocumentPath) -> Bool {
        ["gateway.auth.token", "models.providers.*.apiKey"].contains(KnownKeys.key(at: path)?.pattern)
    }

    private static func withoutLineEnd(_ text: String) -> String {
        var text = Substring(text)
        if text.hasSuffix("\r\n") || text.hasSuffix("\n") { text = text.dropLast() }
        return String(text)
    }

    private static func read(_ text: String, at path: DocumentPath, as reading: Reading) throws -> Literal {
        if reading == .text { return .string(text) }
        let document: Document
        do throws(DocumentError) {
            document = try Document(Array(text.utf8), as: reading == .json ? .json : .json5, maximumDepth: 64)
        } catch {
            if reading == .json { throw ConfigError.notJSON(path, error.description) }
            return .string(text)
        }
        if reading == .asItLooks, isTextExpected(path) {
            // A name such as 007, or a model that is called 4: what was meant is the text.
            switch document.root.kind {
            case .number, .boolean: return .string(text)
            default: break
            }
        }
        guard isWhole(document.root) else { throw ConfigError.badNumber(path) }
        return document.root.literal
    }

    private static func isTextExpected(_ path: DocumentPath) -> Bool {
        switch KnownKeys.key(at: path)?.kind {
        case .text, .secret: true
        default: false
        }
    }

    /// No number that would be written as another one: infinite, or longer than what is kept.
    private static func isWhole(_ element: Element) -> Bool {
        switch element.kind {
        case .object: return element.members.allSatisfy { isWhole($0.value) }
        case .array: return element.elements.allSatisfy { isWhole($0) }
        case .number:
            if element.integer != nil { return true }
            let isFraction = element.sourceText.contains { ".eE".contains($0) }
            return isFraction && element.double?.isFinite == true
        default: return true
        }
    }

    private static func refuseSecrets(_ value: Literal, at path: DocumentPath, isWord: Bool) throws(ConfigError) {
        switch value {
        case .object(let members):
            for member in members {
                try refuseSecrets(member.value, at: path.appending(.key(member.key)), isWord: isWord)
            }
        case .array(let values):
            for (index, value) in values.enumerated() {
                try refuseSecrets(value, at: path.appending(.index(index)), isWord: isWord)
            }
        case .string(let text) where KnownKeys.isSecret(path):
            if ShownValue.isReference(text.trimmed) || text.trimmed.isEmpty { return }
            if ShownValue.looksMasked(text) { throw .masked(path) }
            if isWord { throw .secretAsWord(path) }
        case .integer where KnownKeys.isSecret(path), .number where KnownKeys.isSecret(path):
            if isWord { throw .secretAsWord(path) }
        default: break
        }
    }
}

extension CommandContext {
    /// As every other command that takes a credential has it.
    func requireCredential(_ credential: ConfigValue.Credential, _ reading: InstanceReading) throws(IntakeError) {
        guard let provider = credential.provider else {
            // A client token of ours is where it belongs.
            if let instead = Shape.instead(credential.secret), instead != .clientToken { throw .another(instead) }
            return
        }
        if reading.settings.providers[provider]?.auth == nil {
            try Shape.check(credential.secret, kind: .apiKey, provider: provider)
        }
        try requireCredential(credential.secret, for: provider, reading)
    }

    func tellForeign(_ credential: ConfigValue.Credential, _ reading: InstanceReading) {
        guard let provider = credential.provider, let foreign = ForeignKey(credential.secret, for: provider, reading)
        else { return }
        terminal.notice(
            "warning",
            foreign.advice(
                place: "the value of \(credential.path.shown)", right: foreign.storing(in: reading),
                undo: "agenticflow-enterprise config unset \(credential.path.typed)"))
    }
}
