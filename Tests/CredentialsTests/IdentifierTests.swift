// SPDX-License-Identifier: Apache-2.0
import Credentials
import Testing

@Suite struct IdentifierTests {
    @Test(arguments: [
        ("anthropic", "anthropic"), (" OpenAI\n", "openai"), ("Z.AI", "zai"), ("z-ai", "zai"), ("zai", "zai"),
        ("OpenCode-Zen", "opencode"), ("openai-codex", "openai"), ("my_own.provider-2", "my_own.provider-2"),
        ("0x", "0x"),
    ])
    func `a provider's spellings are folded into one`(text: String, id: String) {
        #expect(ProviderID(text)?.text == id)
    }

    @Test(arguments: [
        "", " ", "-a", ".a", "_a", "a b", "a/b", "a:b", "../a", "a\u{0}", "\u{212A}imi", "ä", "a\u{200B}",
        String(repeating: "a", count: 65),
    ])
    func `what is no provider is none`(text: String) {
        #expect(ProviderID(text) == nil)
    }

    @Test(arguments: [
        "anthropic:default", "openai:me@x.org", "a:A", "z.ai_2-x:9_.@+-", "anthropic:env-2",
        String(repeating: "a", count: 64) + ":" + String(repeating: "Z", count: 128),
    ])
    func `a profile is named by its provider and a name`(text: String) throws {
        let id = try #require(ProfileID(text))
        #expect(id.text == text)
        #expect(id.description == text)
        #expect("\(text.prefix { $0 != ":" }):\(id.name)" == text)
    }

    @Test(arguments: [
        "", ":", "a:", ":a", "anthropic", "Anthropic:a", "a:-x", "a:.x", "a:@x", "a:x y", "a:x/y", "a:x:y", "a:../x",
        "a:x\n", " a:x", "a:x\u{0}", "a:\u{FF21}", "\u{212A}:a", "-a:b",
        String(repeating: "a", count: 65) + ":x", "a:" + String(repeating: "x", count: 129),
    ])
    func `what is no profile id is none`(text: String) {
        #expect(ProfileID(text) == nil)
    }

    @Test(arguments: [
        (" My Work! ", "my-work"), ("***", "default"), ("a..b", "a..b"), ("A  B--C", "a-b-c"), ("anthropic:X Y", "x-y"),
        ("Ä b", "b"), ("_x", nil), ("", nil), ("openai:x", nil), ("a/b", nil), ("a\u{1b}b", nil),
    ])
    func `a name that people give has one spelling as an id`(text: String, name: String?) {
        #expect(ProfileID(spelling: text, of: .anthropic)?.text == name.map { "anthropic:\($0)" })
    }

    @Test func `a profile id can be put together`() throws {
        #expect(ProfileID(provider: .anthropic, name: "work")?.text == "anthropic:work")
        #expect(ProfileID(provider: .anthropic, name: "no/way") == nil)
    }

    @Test(arguments: [("main", "main"), ("Work", "work"), ("a_b-9", "a_b-9"), ("9", "9")])
    func `an agent's id is lower case`(text: String, id: String) {
        #expect(AgentID(text)?.text == id)
    }

    @Test(arguments: [
        "", ".", "..", "../main", "a/b", "a.b", "-a", "_a", "a b", " a", "a%2fb", "a\u{0}", "\u{212A}",
        String(repeating: "a", count: 65),
    ])
    func `an agent's id cannot leave the folder of agents`(text: String) {
        #expect(AgentID(text) == nil)
    }

    @Test(arguments: [
        ("  a b\t\r\n", "a b"), ("", ""), (" \n ", ""), ("a", "a"), ("\u{A0}a\u{A0}", "\u{A0}a\u{A0}"),
    ])
    func `only white space of ASCII is trimmed`(text: String, trimmed: String) {
        #expect(text.trimmed == trimmed)
    }
}
