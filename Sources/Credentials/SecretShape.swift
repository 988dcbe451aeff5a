// SPDX-License-Identifier: Apache-2.0

/// What a credential looks like, wherever it stands.
package enum SecretShape {
    /// How the keys of providers begin, and those of services that people mix up with them.
    private static let beginnings = [
        "sk-", "sk_", "rk_", "agw_", "agl_", "gsk_", "xai-", "hf_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_",
        "github_pat_",
        "glpat-", "AIza", "AKIA", "ASIA", "nvapi-", "r8_", "fw_", "pplx-", "csk-", "xoxb-", "xoxp-", "xapp-", "tgp_v1_",
        "whsec_", "npm_", "pypi-", "dop_v1_", "ya29.", "eyJ",
    ]
    /// Names of models and packages begin so too: `pplx-70b-online`, `xai-grok-code-fast-1`.
    private static let ambiguous: Set<String> = ["xai-", "pplx-", "hf_", "fw_", "npm_", "r8_", "pypi-"]
    /// Those that stand in no other word, so that one is found behind a letter, too.
    private static let unmistakable = ["sk-ant-", "sk-or-v1-", "sk-proj-", "github_pat_"]
    /// A shorter word is part of a name, or the public start of a key in a sentence.
    private static let minimum = 16

    private static let begun = beginnings.map { Array($0.utf8) }
    private static let firsts = ByteSet(String(decoding: begun.map { $0[0] }, as: UTF8.self))
    private static let glued = unmistakable.map { Array($0.utf8) }

    /// Whether a word that was typed begins as keys do, however short it is.
    package static func begins(_ word: some StringProtocol) -> Bool { beginnings.contains { word.hasPrefix($0) } }

    /// The end of the key that begins at a place; nil when none does.
    static func end(ofKeyAt start: Int, in bytes: [UInt8]) -> Int? {
        // Every byte that is printed comes by here: most stand inside a word, and are done with at once.
        let first = bytes[start]
        guard firsts.contains(first),
            isBoundary(before: start, in: bytes)
                || glued.contains(where: { $0[0] == first && bytes[start...].starts(with: $0) }),
            let beginning = begun.first(where: { $0[0] == first && bytes[start...].starts(with: $0) })
        else { return nil }
        // What is encoded in base64 as a whole has more characters than keys have.
        let isEncoded = beginning == Array("eyJ".utf8)
        var end = start
        while end < bytes.count, bytes[end].isKeyCharacter || (isEncoded && ByteSet.ofBase64.contains(bytes[end])) {
            end += 1
        }
        while end > start, bytes[end - 1] == UInt8(ascii: ".") { end -= 1 }
        guard end - start >= minimum else { return nil }
        let body = bytes[(start + beginning.count)..<end]
        if ambiguous.contains(String(decoding: beginning, as: UTF8.self)) {
            return body.split(whereSeparator: { !$0.isASCIIAlphanumeric }).contains { $0.count >= minimum } ? end : nil
        }
        return end
    }

    private static func isBoundary(before start: Int, in bytes: [UInt8]) -> Bool {
        guard start > 0, bytes[start - 1].isASCIIAlphanumeric else { return true }
        // The `\n` of an escaped line break is no letter before it.
        return start > 1 && bytes[start - 2] == UInt8(ascii: "\\")
    }

    /// Whether a word is as mixed as what chance makes: hexadecimal, base64, without a beginning that is known. Names,
    /// dates and versions are not; digests are, so this is for places where no digest belongs.
    package static func isOpaque(_ word: some StringProtocol) -> Bool { isOpaque(word.utf8) }

    static func isOpaque(_ word: some Collection<UInt8>) -> Bool {
        guard word.count >= opaqueMinimum else { return false }
        let changes = zip(word, word.dropFirst()).count { one, next in
            guard let from = Kind(one), let to = Kind(next) else { return false }
            // A capital begins a word.
            return from != to && !(from == .upper && to == .lower)
        }
        if changes * 4 >= word.count { return true }
        // No word of a language is as long, and has digits in it.
        return word.split { !$0.isASCIIAlphanumeric }.contains { run in
            run.count >= opaqueMinimum && run.contains(where: \.isASCIIDigit) && !run.allSatisfy(\.isASCIIDigit)
        }
    }

    private static let opaqueMinimum = 20

    private enum Kind {
        case digit, lower, upper

        init?(_ byte: UInt8) {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): self = .digit
            case UInt8(ascii: "a")...UInt8(ascii: "z"): self = .lower
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): self = .upper
            default: return nil
            }
        }
    }
}

extension UInt8 {
    var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isASCIILower: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }

    var isASCIIAlphanumeric: Bool {
        isASCIIDigit || isASCIILower || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
    }

    /// What the keys of providers are made of.
    var isKeyCharacter: Bool {
        isASCIIAlphanumeric || self == UInt8(ascii: "_") || self == UInt8(ascii: "-") || self == UInt8(ascii: ".")
    }
}

/// A few ASCII characters, to be asked about every byte of a text.
struct ByteSet {
    static let ofBase64 = ByteSet("+/=")

    private var low: UInt64 = 0
    private var high: UInt64 = 0

    init(_ characters: String) {
        for byte in characters.utf8 {
            if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
        }
    }

    func contains(_ byte: UInt8) -> Bool {
        byte < 64 ? low >> UInt64(byte) & 1 == 1 : byte < 128 && high >> UInt64(byte - 64) & 1 == 1
    }
}
