// SPDX-License-Identifier: Apache-2.0

import Providers
import Testing

@Suite struct MalformedJSONTests {
    /// `§` stands before the byte that is refused, and is not part of the document.
    static let documents = [
        // The whole
        "§", " \n§", "§[]", "§\"a\"", "§1", "§true", "§null", "§}", "§,", "§:", "§\u{FEFF}{}", "§/**/{}", "§'a'",
        "§\u{0}{}",
        "§\u{B}{}", "§\u{A0}{}", "{}§{}", "{}§}", "{}§,", "{}§x", "{} §//", "{}§\u{0}", "{}§\u{FEFF}", "{} \n§1", "{§",
        // Objects
        "{§,}", "{§]", "{§1:2}", "{§a:1}", "{§'a':1}", "{§true:1}", "{§[]:1}", "{\"a\"§}", "{\"a\"§,\"b\":1}",
        "{\"a\" §",
        "{\"a\":§}", "{\"a\":§,}", "{\"a\":§:1}", "{\"a\"§=1}", "{\"a\" §\"b\":1}", "{\"a\":1§:2}",
        "{\"a\":1 §\"b\":2}",
        "{\"a\":1,§}", "{\"a\":1,§,\"b\":2}", "{\"a\":1,§1}", "{\"a\":1§]", "{\"a\":1§;}", "{\"a\":1§", "{\"a\":§",
        "{\"a\"§",
        "{\"a§", "{\"a\":{\"b\":1}§", "{\"a\":{\"b\":1}}§}", "{\"a\":1,§/**/\"b\":2}",
        // Arrays
        "{\"a\":[§,]}", "{\"a\":[1,§]}", "{\"a\":[1 §2]}", "{\"a\":[1,§,2]}", "{\"a\":[1§}}", "{\"a\":[§}}",
        "{\"a\":[1§:2]}",
        "{\"a\":[1,§", "{\"a\":[[]§", "{\"a\":[]§]}", "{\"a\":§(1)}",
        // Literals
        "{\"a\":t§}", "{\"a\":tru§}", "{\"a\":true§e}", "{\"a\":§True}", "{\"a\":t§RUE}", "{\"a\":f§lase}",
        "{\"a\":fals§ }",
        "{\"a\":n§ill}", "{\"a\":nul§,}", "{\"a\":§undefined}", "{\"a\":§NaN}", "{\"a\":§Infinity}",
        "{\"a\":-§Infinity}",
        "{\"a\":true§false}",
        // Numbers
        "{\"a\":0§1}", "{\"a\":-0§1}", "{\"a\":0§0}", "{\"a\":§+1}", "{\"a\":§.5}", "{\"a\":1.§}", "{\"a\":1.§e5}",
        "{\"a\":-§}",
        "{\"a\":-§.5}", "{\"a\":-§-1}", "{\"a\":1e§}", "{\"a\":1e+§}", "{\"a\":1e5§.5}", "{\"a\":1.5§.5}",
        "{\"a\":1e§e}",
        "{\"a\":0§x10}", "{\"a\":1§_000}", "{\"a\":1§f}", "{\"a\":1§+1}", "{\"a\":1e1§-1}", "{\"a\":1e§.5}",
        "{\"a\":1 §e5}",
        "{\"a\":1§\u{A0}}",
        // Strings
        "{\"a\":\"§\u{0}\"}", "{\"a\":\"§\n\"}", "{\"a\":\"§\t\"}", "{\"a\":\"x§\u{1F}\"}", "{\"a\":\"\\§x\"}",
        "{\"a\":\"\\§'\"}",
        "{\"a\":\"\\§\n\"}", "{\"a\":\"\\§0\"}", "{\"a\":\"\\§U0041\"}", "{\"a\":\"\\u§\"}", "{\"a\":\"\\u12§\"}",
        "{\"a\":\"\\u12§G4\"}", "{\"a\":\"\\u§-123\"}", "{\"a\":\"\\u§{}\"}", "{\"a\":\"\\§", "{\"a\":\"\\u00§",
        "{\"a\":\"§",
        "{\"a\":\"\\\"}§", "{\"a§\n\":1}", "{\"\\§a\":1}", "{\"a\":\"abcdefghijklmnopqrstuvwxyz012345§\u{1}6789\"}",
        "{\"a\":§“x”}", "{\"a\":§`x`}", "{\"model\":\"gpt§\u{2}\"}",
    ]

    @Test func `there are a hundred of them and more`() {
        #expect(Self.documents.count > 120)
    }

    @Test(arguments: documents)
    func `it is refused at its first wrong byte`(marked: String) throws {
        let parts = marked.split(separator: "§", omittingEmptySubsequences: false)
        try #require(parts.count == 2)
        let text = parts.joined()
        for delivery in [.whole] + Delivery.several(count: text.utf8.count, seed: 4) {
            guard case .invalidJSON(let offset, _) = RequestReading(text, delivery: delivery).fault else {
                Issue.record("accepted, or another fault: \(marked)")
                return
            }
            #expect(offset == parts[0].utf8.count, "\(delivery)")
        }
    }

    @Test func `the problem names the place and quotes nothing`() {
        let secret = "{\"api_key\": sk-secret}"
        #expect(RequestReading(secret).fault == .invalidJSON(offset: 12, problem: "a value is expected"))
        #expect(
            RequestReading("{\"a\":1").fault == .invalidJSON(offset: 6, problem: "the document ends too early"))
    }

    @Test func `quotes, escapes and control bytes are seen at every distance from the start of a string`() {
        for distance in 0..<70 {
            let fill = String(repeating: "x", count: distance)
            #expect(RequestReading("{\"a\":\"\(fill)\",\"model\":\"m\"}").model?.value == "m")
            #expect(RequestReading("{\"model\":\"\(fill)\\n\(fill)\"}").model?.value == fill + "\n" + fill)
            let fault = RequestReading("{\"a\":\"\(fill)\u{1F}\(fill)\"}").fault
            #expect(
                fault
                    == .invalidJSON(
                        offset: 6 + distance, problem: "a control character stands unescaped inside a string"))
        }
    }
}
