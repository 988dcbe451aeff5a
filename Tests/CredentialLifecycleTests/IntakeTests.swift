// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Testing

@Suite struct PastedSecretTests {
    @Test(arguments: [
        "`sk-test-123456`", "sk-test-123456", "  sk-test-123456\n", "\"sk-test-123456\"", "'sk-test-123456'\r\n",
    ])
    func `blanks around it and one pair of quotes are taken off`(pasted: String) throws {
        #expect(try PastedSecret(pasted).secret == Secret("sk-test-123456"))
    }

    @Test(arguments: [
        ("", IntakeError.empty), (" \n", .empty), ("export KEY=sk-test-123456", .notTheKeyAlone(found: "export NAME=")),
        ("OPENAI_API_KEY=sk-test-123456", .notTheKeyAlone(found: "NAME=")),
        ("TOKEN=sk-test-123456", .notTheKeyAlone(found: "NAME=")),
        ("x-api-key: sk-test-123456", .notTheKeyAlone(found: "a header's name")),
        ("Authorization: Bearer sk-test-123456", .notTheKeyAlone(found: "a header's name")),
        ("Bearer sk-test-123456", .notTheKeyAlone(found: "Bearer")),
        ("sk-test\u{a0}123456", .foreignCharacter(position: 8, codePoint: 0xA0)),
        ("\u{feff}sk-test-123456", .foreignCharacter(position: 1, codePoint: 0xFEFF)),
        ("sk-test\u{200b}123456", .foreignCharacter(position: 8, codePoint: 0x200B)),
        ("sk-\u{201c}test-123456", .foreignCharacter(position: 4, codePoint: 0x201C)),
        ("sk-test\n-123456", .foreignCharacter(position: 8, codePoint: 0x0A)),
        ("sk-test\u{0}-123456", .foreignCharacter(position: 8, codePoint: 0)),
        ("sk-ant…wxyz", .foreignCharacter(position: 7, codePoint: 0x2026)),
        ("│ sk-test-123456", .foreignCharacter(position: 1, codePoint: 0x2502)),
        ("$OPENAI_API_KEY", .notTheKeyAlone(found: "$, a variable's name that the shell did not replace")),
        ("{\"key\":\"sk-test-123456\"}", .notTheKeyAlone(found: "a bracket")),
        ("\"sk-test-123456", .foreignCharacter(position: 1, codePoint: 0x22)),
        ("sk-test-'123456", .foreignCharacter(position: 9, codePoint: 0x27)),
        ("short", .tooShort(8)), (String(repeating: "a", count: 4097), .tooLong(4096)), ("sk-ant-...-wxyz", .masked),
        ("sk-ant-api03-...", .masked),
        ("`sk-test-123456", .foreignCharacter(position: 1, codePoint: 0x60)),
        ("sk-test-123456\\", .foreignCharacter(position: 15, codePoint: 0x5C)),
        ("(sk-test-123456)", .markBeside("(", isFirst: true)), ("**sk-test-123456**", .markBeside("*", isFirst: true)),
        (":sk-test-123456", .markBeside(":", isFirst: true)), ("=sk-test-123456", .markBeside("=", isFirst: true)),
        ("sk-test-123456)", .markBeside(")", isFirst: false)), ("sk-test-123456,", .markBeside(",", isFirst: false)),
        ("sk-test-123456;", .markBeside(";", isFirst: false)), ("sk-test-123456.", .markBeside(".", isFirst: false)),
        ("sk-test-123456%", .markBeside("%", isFirst: false)), ("sk-test-123456:", .markBeside(":", isFirst: false)),
        ("sk-test-123456,sk-test-789012", .several), ("sk-test-123456;0123456789abcdef", .several),
        ("sk-proj-0a1b2c3dsk-proj-0a1b2c3d", .several), ("sk-ant-api03-0a1b2c3dsk-proj-4e5f", .several),
        ("gsk_0a1b2c3d4e5f6g7h8igsk_0a1b2c3d4e5f6g7h8i", .several),
        ("gsk_0a1b2c3dgsk_0a1b2c3d", .several), ("undefined", .another(.nothing)), ("null", .another(.nothing)),
        ("None", .another(.nothing)),
        ("[object Object]", .another(.nothing)),
        ("apiKey:sk-test-123456", .notTheKeyAlone(found: "a name and a colon")),
        ("key=sk-test-123456", .notTheKeyAlone(found: "a name and an equals sign")),
    ])
    func `everything else is refused, with its place`(pasted: String, error: IntakeError) {
        #expect(throws: error) { try PastedSecret(pasted) }
    }

    @Test(arguments: [
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "a%b:c=d.e_f-g~h+i/j", "pass,word",
        "3f2b8c9d-0e1a-4b5c-8d7e:6f5e4d3c2b1a0f9e8d7c", "gsk_0a1b2c3d4e5f6g7h8i", "/9j4AAQSkZJRg+ABAQEASABIAAD==",
        "QUJDREVGR0hJSktMTU5P=", "QUJDREVGR0hJSktMTU5PUA==", "a=b_c-d.e/f+g", "12345678",
        String(repeating: "a", count: 4096),
    ])
    func `what only looks like a variable, and the lengths that are allowed`(key: String) throws {
        let pasted = try PastedSecret(key)
        #expect(pasted.secret == Secret(key) && !pasted.removedQuotes)
    }

    @Test func `quotes that are taken off are told`() throws {
        #expect(try PastedSecret("'sk-test-123456'").removedQuotes)
        #expect(try PastedSecret(" sk-test-123456 ").removedQuotes == false)
    }

    @Test func `every refusal says what, why and what to do`() {
        let errors: [IntakeError] = [
            .empty, .notTheKeyAlone(found: "x"), .foreignCharacter(position: 1, codePoint: 0x1F600), .tooShort(8),
            .tooLong(9),
            .another(.address), .another(.path), .another(.reference), .another(.nothing), .masked, .several,
            .markBeside("%", isFirst: false), .setupTokenAsKey, .keyAsToken, .setupTokenTooShort, .badDuration("x"),
            .badProfileName("x"),
        ]
        for error in errors {
            let advice = error.advice
            #expect(!advice.what.isEmpty && !advice.why.isEmpty && !advice.fix.isEmpty)
            #expect(error.exitCode == .usage || error.exitCode == .badInput)
        }
    }

    @Test func `no message repeats any of the text`() {
        for pasted in ["export KEY=CANARY-1", "CANARY\u{a0}-2345", "CANARY"] {
            do throws(IntakeError) {
                _ = try PastedSecret(pasted)
                Issue.record("accepted")
            } catch {
                #expect(!"\(error) \(error.advice)".contains("CANARY"))
            }
        }
    }
}

@Suite struct ShapeTests {
    @Test(arguments: [
        ("sk-ant-oat01-" + String(repeating: "x", count: 67), CredentialKind.token, IntakeError?.none),
        ("sk-ant-oat01-" + String(repeating: "x", count: 60), .token, .setupTokenTooShort),
        ("sk-ant-oat01-" + String(repeating: "x", count: 67), .apiKey, .setupTokenAsKey),
        ("sk-ant-api03-abcdef", .token, .keyAsToken), ("sk-ant-api03-abcdef", .apiKey, nil),
        ("anything-else", .token, nil),
    ])
    func `an Anthropic credential is stored as what it is`(text: String, kind: CredentialKind, error: IntakeError?) {
        var thrown: IntakeError?
        do throws(IntakeError) { try Shape.check(Secret(text), kind: kind, provider: .anthropic) } catch {
            thrown = error
        }
        #expect(thrown == error)
    }
}

@Suite struct InsteadTests {
    @Test(arguments: [
        ("https://console.anthropic.com/settings/keys", IntakeError.Instead.address),
        ("www.example.com/keys", .address),
        ("me@example.com", .email), ("first.last+x@mail.example.org", .email), ("YOUR_API_KEY", .variable),
        ("your_api_key", .placeholder), ("<your key>", .placeholder), ("<API-KEY>", .placeholder),
        ("sk-your-key-here", .placeholder), ("sk-ant-api03-xxxxxxxxxxxx", .placeholder), ("XXXXXXXX", .placeholder),
        ("changeme", .placeholder), ("OPENAI_API_KEY", .variable), ("GITHUB_TOKEN", .variable),
        ("agw_0123456789abcdef", .clientToken), ("/run/secrets/key", .path), ("~/key.txt", .path),
        ("./secrets/openai", .path), ("env:OPENAI_API_KEY", .reference), ("file:/run/secrets/key", .reference),
        ("exec:vault:openai/key", .reference),
    ])
    func `what people paste in a credential's place is told for what it is`(text: String, found: IntakeError.Instead) {
        #expect(Shape.instead(Secret(text)) == found)
    }

    @Test(arguments: [
        "sk-ant-api03-a1B2c3D4", "sk-proj-0123456789", "eyJhbGciOi.eyJzdWIi.SflKxwRJSM", "0123456789abcdef",
        "a@b", "user@host@example.com", "ABCDEF0123456789", "AKIAIOSFODNN7EXAMPLE", "sk-yourself-0123456789",
        "local-key", "sk-axxxxxx", "MY_LOCAL_SERVER", "/9j4AAQSkZ/JRgABAQEASABIAAD/2wBDAAYEBQYFB", "env:lower",
        "/alone",
    ])
    func `what may be a credential is left alone`(text: String) {
        #expect(Shape.instead(Secret(text)) == nil)
    }
}

@Suite struct CutKeyTests {
    @Test(arguments: [
        ("sk-ant-api03-PLANTED", "sk-ant-api03-", 7), ("sk-proj-", "sk-proj-", 0), ("AIza0123", "AIza", 4),
    ])
    func `a known beginning with hardly anything behind it is a key that was cut`(
        text: String, beginning: String, count: Int
    ) {
        let cut = Shape.cut(Secret(text))
        #expect(cut?.beginning == beginning && cut?.count == count)
    }

    @Test(arguments: ["sk-ant-api03-0123456789abcdef", "sk-0123", "local-key", "gsk_0123456789abcdef"])
    func `others are not`(text: String) {
        #expect(Shape.cut(Secret(text)) == nil)
    }
}

@Suite struct ExpiresInTests {
    @Test(arguments: [
        ("365", 31_536_000_000), ("12h", 43_200_000), ("1.5d", 129_600_000), ("500ms", 500), ("90M", 5_400_000),
    ])
    func `a number and a unit; days when there is none`(text: String, milliseconds: Int64) throws {
        #expect(try Duration(expiresIn: text) == .milliseconds(milliseconds))
    }

    @Test(arguments: ["", " 10 d", "-1d", "1w", "d", "1.2.3d", ".5d", "1e3", "99999999999d", "0", "0d", "0.0001ms"])
    func `anything else is refused`(text: String) {
        #expect(throws: IntakeError.badDuration(text)) { try Duration(expiresIn: text) }
    }
}
