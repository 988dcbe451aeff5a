// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Providers
import TestKit
import Testing

@Suite struct RedactionTests {
    static let key = "sk-CANARY/abc+def=0123456789xyz"

    private static func redacted(_ text: String) -> String { Redaction.redact(text, secrets: [Secret(key)]) }

    static let echoes: [String] = {
        let base64 = Data(key.utf8).base64EncodedString()
        let escaped = key.map { "/+=".contains($0) ? "%" + String($0.asciiValue ?? 0, radix: 16) : String($0) }
        return [
            key, base64, String(base64.dropLast(2)), escaped.joined(), escaped.joined().uppercased(),
            String(key.prefix(12)), String(key.suffix(12)), String(key.dropFirst(5).prefix(14)),
            key.split(separator: "/").joined(separator: "\\/"), key + "\u{301}", "é" + key, key + key,
            "x" + key.prefix(20) + "…" + key.suffix(15),
        ]
    }()

    @Test(arguments: echoes)
    func `no twelve characters of a secret are left, in any form`(echo: String) {
        let text = Self.redacted("Incorrect API key provided: \(echo). Check it.")
        #expect(text.hasPrefix("Incorrect API key provided: ") && text.hasSuffix(". Check it."))
        #expect(Data(text.utf8).firstRange(of: Data("[redacted]".utf8)) != nil)
        #expect(Self.leaks(of: Self.key, in: text).isEmpty)
    }

    /// Every run of twelve characters of the secret that the text holds.
    private static func leaks(of key: String, in text: String) -> [String] {
        let bytes = Array(key.utf8)
        return (0...(bytes.count - 12)).map { String(decoding: bytes[$0..<$0 + 12], as: UTF8.self) }.filter {
            Data(text.utf8).firstRange(of: Data($0.utf8)) != nil
        }
    }

    @Test func `the check finds a leak`() {
        #expect(Self.leaks(of: Self.key, in: "shown: \(Self.key.dropFirst(3).prefix(12))").count == 1)
    }

    @Test(arguments: ["", "nothing here", "sk-CANARY/ab", "sk-", "[redacted]"])
    func `other text stays as it is`(text: String) {
        let isPiece = Self.key.contains(text) && text.count >= 12
        #expect(Self.redacted(text) == (isPiece ? "[redacted]" : text))
    }

    @Test func `a short secret is taken out whole, an empty one means nothing`() {
        #expect(Redaction.redact("my pass word: short!", secrets: [Secret("short!")]) == "my pass word: [redacted]")
        #expect(Redaction.redact("abc", secrets: [Secret("")]) == "abc")
        #expect(Redaction.redact("a b", secrets: [Secret("first-secret-1"), Secret("second-secret-2")]) == "a b")
    }

    @Test func `secrets at random places of random texts never survive`() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<500 {
            let secret = String(
                (0..<Int.random(in: 12...40, using: &random)).map { _ in random.pick(Array("abAB01-_/+")) })
            let pieces = (0..<4).map { _ in
                random.chance(50) ? secret : String(secret.dropFirst(Int.random(in: 0...secret.count, using: &random)))
            }
            let text = Redaction.redact(
                pieces.joined(separator: random.pick(["", " ", "ab", "é"])), secrets: [Secret(secret)])
            #expect(Self.leaks(of: secret, in: text).isEmpty)
        }
    }
}
