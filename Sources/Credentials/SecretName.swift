// SPDX-License-Identifier: Apache-2.0

/// Names that people give to what holds a credential: keys, headers, variables, flags, parts of URLs. Masking a value
/// that is none costs little; showing a credential costs much.
package enum SecretName {
    private static let words: Set<String> = [
        "key", "keys", "pass", "passcode", "pwd", "pw", "pin", "otp", "pat", "psk", "jwt", "auth", "bearer", "cookie",
        "cookies", "access", "refresh",
        // What holds nothing but values of this kind.
        "header", "headers", "vars", "env",
    ]

    private static let fragments = [
        "token", "apikey", "accesskey", "password", "passwd", "passphrase", "secret", "credential", "privatekey",
        "authorization", "bearer", "cookie",
    ]

    /// Switches of our own that are named like something that holds credentials.
    private static let switches: Set<String> = ["AGENTICFLOW_LOAD_SHELL_ENV", "AGENTICFLOW_SHELL_ENV_TIMEOUT_MS"]

    /// Whether a key, a flag or a header of that name holds a credential, or may.
    package static func isOne(_ name: some StringProtocol) -> Bool {
        if switches.contains(String(name)) { return false }
        let parts = parts(of: name)
        let letters = parts.joined()
        // A place where a secret rests: keyRef, tokenRef.
        if parts.last == "ref" { return false }
        if let isToken = isOfTokens(letters) { return isToken }
        return parts.contains(where: words.contains) || fragments.contains { letters.contains($0) }
    }

    /// Whether a word of a sentence announces a credential, also without a colon behind it: `old key`, `password`.
    static func isAnnouncement(_ word: some StringProtocol) -> Bool {
        let parts = parts(of: word)
        let letters = parts.joined()
        if let isToken = isOfTokens(letters) { return isToken }
        return !parts.isDisjoint(with: ["key", "keys", "pwd", "pw"]) || fragments.contains { letters.contains($0) }
    }

    /// Whether the value of a parameter of that name, in an URL, is a credential.
    static func isParameter(_ name: some StringProtocol) -> Bool {
        isOne(name) || !parts(of: name).isDisjoint(with: ["sig", "signature", "sign", "code"])
    }

    /// `maxTokens` and the like are numbers of tokens; nil when the name says nothing of the kind.
    private static func isOfTokens(_ letters: String) -> Bool? {
        guard letters.hasSuffix("tokens") else { return nil }
        return ["access", "auth", "refresh", "api"].contains { letters.hasPrefix($0) }
    }

    /// `x-api_keyRef` → x, api, key, ref.
    private static func parts(of name: some StringProtocol) -> [String] {
        var parts: [String] = []
        var part = ""
        var wasLower = false
        for character in name {
            let isPart = character.isLetter || character.isNumber
            if !isPart || (character.isUppercase && wasLower), !part.isEmpty {
                parts.append(part.lowercased())
                part = ""
            }
            if isPart { part.append(character) }
            wasLower = character.isLowercase || character.isNumber
        }
        return part.isEmpty ? parts : parts + [part.lowercased()]
    }
}

extension [String] {
    fileprivate func isDisjoint(with others: [String]) -> Bool { !contains { others.contains($0) } }
}
