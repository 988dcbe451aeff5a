// SPDX-License-Identifier: Apache-2.0
import Rotation

/// A provider's sentence about a failure, and what its words say.
struct FailureText {
    private let lowered: String
    private let provider: String

    init(_ message: String, provider: String) {
        var lowered = message.lowercased()
        lowered.makeContiguousUTF8()
        self.lowered = lowered
        self.provider = provider
    }

    /// The same without what stands in quotation marks: there a provider repeats what the client sent.
    ///
    /// A client must not be able to put a credential aside by asking for a tool called "insufficient credits".
    var withoutQuotations: FailureText {
        var kept = ""
        var rest = lowered[...]
        var isAfterWord = false
        while let character = rest.first {
            rest = rest.dropFirst()
            let close = Self.closing[character]
            if let close, !isAfterWord, let end = Self.end(of: rest, close) {
                kept += " "
                rest = rest[rest.index(after: end)...]
                isAfterWord = false
            } else {
                kept.append(character)
                isAfterWord = character.isLetter || character.isNumber
            }
        }
        return FailureText(kept, provider: provider)
    }

    private static let closing: [Character: Character] = [
        "\"": "\"", "'": "'", "`": "`", "“": "”", "‘": "’", "«": "»",
    ]

    /// A quotation mark inside a word is an apostrophe.
    private static func end(of rest: Substring, _ close: Character) -> Substring.Index? {
        rest.indices.first { index in
            guard rest[index] == close else { return false }
            let after = rest[rest.index(after: index)...].first
            return !(after?.isLetter ?? false) && !(after?.isNumber ?? false)
        }
    }

    func reason(among reasons: Set<FailureReason>) -> FailureReason? {
        for entry in TextTables.perProvider[provider] ?? [] where reasons.contains(entry.reason) && says(entry.phrases)
        {
            return entry.reason
        }
        return TextTables.classes.first { reasons.contains($0.reason) && says($0) }?.reason
    }

    private func says(_ entry: TextTables.TextClass) -> Bool {
        switch entry.reason {
        case .billing: return lowered.utf8.count <= TextTables.billingLimit && (says(entry.phrases) || namesBilling)
        case .overloaded: return says(entry.phrases) || isOverloadedUnavailability
        case .rateLimit: return says(entry.phrases) || says(words: TextTables.rateLimitWords)
        default: return says(entry.phrases)
        }
    }

    private func says(_ phrases: [String]) -> Bool { phrases.contains { says($0) } }

    /// On bytes: a refusal is judged on an event loop, and comparing characters costs a hundred times as much.
    private func says(_ phrase: String) -> Bool {
        let found = lowered.utf8.withContiguousStorageIfAvailable { text in
            phrase.utf8.withContiguousStorageIfAvailable { Self.isFound($0, in: text) }
        }
        return (found ?? nil) ?? lowered.contains(phrase)
    }

    private static func isFound(_ phrase: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = phrase.first else { return true }
        var start = 0
        while start + phrase.count <= text.count {
            if text[start] == first {
                var length = 1
                while length < phrase.count, text[start + length] == phrase[length] { length += 1 }
                if length == phrase.count { return true }
            }
            start += 1
        }
        return false
    }

    private func says(words: Set<Substring>) -> Bool {
        lowered.split { !$0.isLetter && !$0.isNumber }.contains { words.contains($0) }
    }

    /// For a sentence that comes without any status.
    var isLooselyAuth: Bool { says(TextTables.looseAuth) || says(words: TextTables.looseAuthWords) }

    private var isOverloadedUnavailability: Bool {
        says("service unavailable") && says(TextTables.overloadedWithUnavailable)
    }

    /// "Billing …: upgrade your plan", or "insufficient <one word> balance".
    private var namesBilling: Bool {
        if lowered.hasPrefix("billing"), says(["upgrade", "credits", "payment", "purchase", "subscription", "plan"]) {
            return true
        }
        let words = lowered.split { !$0.isLetter && $0 != "_" && $0 != "-" }
        return words.indices.dropLast(2).contains { index in
            words[index] == "insufficient" && words[index + 1] != "account" && words[index + 2] == "balance"
        }
    }

    /// Whatever the status: nothing but money can be meant.
    var isClearlyBilling: Bool {
        lowered.utf8.count <= TextTables.billingLimit && says(TextTables.strongBilling)
    }

    /// The ambiguous sentence, with a provider that does not mean money by it.
    var isAmbiguousBalance: Bool {
        says(TextTables.ambiguousBalance) && reason(among: [.billing]) == nil
    }

    /// Something that will be refilled by itself, although the status says that money is missing.
    var isPeriodicLimit: Bool { says(TextTables.periods) && says(TextTables.periodEnds) }

    var isContextOverflow: Bool {
        let isRate = says(TextTables.tokenRates) || says(words: TextTables.rateLimitWords)
        if isRate || isClearlyBilling || says(["rate limit", "rate_limit"]) { return false }
        return says(TextTables.overflow)
            || (says("input token count") && says("exceeds the maximum"))
            || (says("too large for model with") && says("context length"))
            || (says("ran out of room") && says("context window"))
    }

    /// A limit of one plan on long prompts, said with status 429.
    var isLongContextPlan: Bool { says("extra usage is required for long context") }

    /// Images that are too large or of the wrong kind: about the request, never about the credential.
    var isAboutAnImage: Bool { says("image") && says(TextTables.imageFaults) }

    var isVendorRestriction: Bool { says(TextTables.vendorRestriction) }
}
