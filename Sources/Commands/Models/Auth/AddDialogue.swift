// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import FoundationEssentials
import ProfileStorage
import Settings

/// The questions of `models auth add`. What a flag has answered is not asked; a bad answer is met with its reason and
/// asked for again; until the last one nothing is stored.
struct AddDialogue {
    private enum Method: Equatable {
        case apiKey, token, setupToken, reference

        var kind: CredentialKind { self == .apiKey ? .apiKey : .token }
    }

    private let change: StoreChange
    private let provider: String?
    private let profileID: String?
    private let kind: CredentialKind?
    private let lifetime: Duration?
    private var terminal: Terminal { change.context.terminal }

    init(_ change: StoreChange, provider: String?, profileID: String?, kind: CredentialKind?, lifetime: Duration?) {
        self.change = change
        self.provider = provider
        self.profileID = profileID
        self.kind = kind
        self.lifetime = lifetime
    }

    func run() throws {
        let provider = try askProvider()
        let method = try askMethod(provider)
        let kind = method == .reference ? try askKind() : method.kind
        let pasting = try askPlace(provider, kind)
        if method == .reference {
            let reference = try terminal.ask(
                "Reference (env:NAME, file:/path, exec:PROVIDER:ID)", accept: change.reference)
            try pasting.store(reference, expires: kind == .token ? askExpiry() : .never)
            return change.tell(of: reference)
        }
        let secret = try askSecret(pasting, method)
        try pasting.store(secret, expires: kind == .token ? askExpiry() : .never)
        if secret.isSetupToken { pasting.tellSetupToken() }
    }

    private func askProvider() throws -> ProviderID {
        if let provider { return try change.reading.storableProvider(named: provider) }
        return try terminal.ask("Provider", standing: "anthropic") { try change.reading.storableProvider(named: $0) }
    }

    private func askMethod(_ provider: ProviderID) throws -> Method {
        if let kind { return kind == .apiKey ? .apiKey : .token }
        var methods: [(method: Method, name: String, meaning: String)] = [
            (.apiKey, "api-key", "a key of the provider's console"),
            (.token, "token", "a token that was made elsewhere"),
        ]
        if provider == .anthropic { methods.append((.setupToken, "setup-token", "what claude setup-token printed")) }
        methods.append((.reference, "reference", "the secret stays in a variable, a file or another program"))
        let index = try terminal.choose("Kind", among: methods.map { ($0.name, $0.meaning) })
        return methods[index].method
    }

    private func askKind() throws -> CredentialKind {
        let index = try terminal.choose("It is", among: [("api-key", "an API key"), ("token", "a token")])
        return index == 0 ? .apiKey : .token
    }

    private func askPlace(_ provider: ProviderID, _ kind: CredentialKind) throws -> Pasting {
        if let profileID { return try Pasting(change, provider: provider.text, id: profileID, kind) }
        var standing = "\(provider):manual"
        return try terminal.ask("Profile id", standing: standing) { answer in
            var pasting = try Pasting(change, provider: provider.text, id: answer, kind)
            // Asked here, where another id can be given, and not again.
            if let old = pasting.stored {
                let what = "\(old.id), \(old.words)\(change.history(of: old))"
                guard try terminal.confirm("Replace \(what)?") else {
                    standing = change.reading.freeID(for: kind, of: provider).text
                    throw ModelsError.idInUse(old.id)
                }
            }
            pasting.isAgreed = true
            return pasting
        }
    }

    private func askSecret(_ pasting: Pasting, _ method: Method) throws -> Secret {
        while true {
            do {
                let secret = try pasting.readSecret(
                    "\(method.kind == .apiKey ? "API key" : "Token") for \(pasting.provider)")
                if method == .setupToken { try Shape.checkSetupToken(secret) }
                return secret
            } catch let error as IntakeError {
                terminal.notice("\(error.advice.what) \(error.advice.why)")
            }
        }
    }

    private func askExpiry() throws -> Expiry {
        let now = change.context.now()
        if let lifetime { return .at(now + lifetime.seconds) }
        return try terminal.ask("Valid for (such as 30d, 12h; never)", standing: "365d") { answer in
            if answer.lowercased() == "never" { return .never }
            return .at(now + (try Duration(expiresIn: answer)).seconds)
        }
    }
}
