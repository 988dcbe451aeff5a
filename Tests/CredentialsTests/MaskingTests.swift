// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Credentials

/// The one rule by which texts are shown.
@Suite struct MaskingTests {
    private static let alphabet = "q7Wz1Lm9Xc4Vb6Nh8Jk2Pd5Rt3Ys0Gf"
    private static let body = String(repeating: alphabet, count: 2)
    private static let token =
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"

    private static let keys =
        ["sk-", "sk-ant-api03-", "sk-or-v1-", "sk-proj-", "xai-", "gsk_", "ghp_", "hf_", "agw_", "AIza", "pplx-"]
        .map { $0 + body.prefix(40) } + [token]

    @Test(arguments: keys)
    func `a key is masked wherever it stands`(key: String) {
        let mask = Secret(key).masked
        for (before, after) in [
            ("", ""), ("key ", "."), ("\"", "\""), ("x=", "&"), ("(", ")"), ("openai:", ":"), ("\\n", "\\n"),
            ("a-", ","),
            ("ü", "ü"), ("/", "?x"), ("Bearer ", ""),
        ] {
            #expect(Masking.text(before + key + after) == before + mask + after, "\(before)KEY\(after)")
        }
        #expect(Masking.text("\(key) \(key)\n\(key)") == "\(mask) \(mask)\n\(mask)")
    }

    @Test(arguments: [
        ("https://user:pass@host.example/v1", "https://****@host.example/v1"),
        ("https://tok3n@host", "https://****@host"), ("proxy http://u:p@h:1, then", "proxy http://****@h:1, then"),
        ("http://u:p@ss@h/x@y", "http://****@h/x@y"), ("https://u:a/b?c@h.example/x", "https://****@h.example/x"),
        ("user:pass@host:8080", "****@host:8080"), ("HTTPS_PROXY=user:pass@host:8080/", "HTTPS_PROXY=****@host:8080/"),
        ("https://${USER}:${PASS}@h", "https://${USER}:${PASS}@h"), ("https://me:${PASS}@h", "https://****:${PASS}@h"),
        (
            "https://h/?key=abc&x=1&api_key=d&sig=e#access_token=f",
            "https://h/?key=****&x=1&api_key=****&sig=****#access_token=****"
        ),
        (
            "https://h/?X-Amz-Signature=0f&X-Amz-Date=1&token=${T}",
            "https://h/?X-Amz-Signature=****&X-Amz-Date=1&token=${T}"
        ),
        ("{\"u\":\"https://h/?token=abc\",\"n\":1}", "{\"u\":\"https://h/?token=****\",\"n\":1}"),
        ("Authorization: Bearer abc12345", "Authorization: Bearer ****"), ("basic dXNlcjpwYXNz", "basic ****"),
    ])
    func `credentials of addresses and headers are masked`(text: String, shown: String) {
        #expect(Masking.text(text) == shown)
        #expect(Masking.text(shown) == shown)
    }

    static let plain = [
        "", "anthropic:me@example.com", "openai:me@example.com: cooling down", "https://medium.example/@user",
        "https://host:8080/a@b", "http://[::1]:8080/a@b", "claude-sonnet-4-5-20250929",
        "openrouter/moonshotai/kimi-k2-0905",
        "pplx-70b-online-instruct", "xai-grok-code-fast-1", "meta-llama/Llama-3.1-405B-Instruct-Turbo:free",
        "sk-ant-oat01-...", "sk-ant-api03-", "sk-ant...wxyz",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "~/.agenticflow-enterprise/agents/main/agent/auth-profiles.json", "Bearer authentication", "basic questions",
        "https://h/?max_tokens=5&page=2", "risk-assessment-of-everything", "task-based-learning-with-models",
        "550e8400-e29b-41d4-a716-446655440000", "a=b", "x?y", "me@example.com", "did you mean apiKey?",
    ]

    @Test(arguments: plain)
    func `what is no credential stays as it is`(text: String) { #expect(Masking.text(text) == text) }

    @Test(arguments: [
        "gateway.deadlines.headSeconds", "claude-sonnet-4-5-20250929", "anthropic:me@example.com",
        "Qwen/Qwen2.5-72B-Instruct",
        "openrouter/moonshotai/kimi-k2-0905-preview", "x-amz-security-token", "ANTHROPIC_API_KEY", "cooldownMaxMinutes",
    ])
    func `names stay as they are`(name: String) { #expect(Masking.name(name) == name) }

    @Test(arguments: [
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", "dGhpcyBpcyBhIHNlY3JldCB0aGF0IGlz+x/0Zg==", String(body.prefix(20)),
    ])
    func `a name that chance has made is none`(name: String) {
        #expect(Masking.name(name) == Secret(name).masked)
        #expect(Masking.name("a.\(name).b") == "a.\(Secret(name).masked).b")
    }

    // MARK: Names

    @Test(arguments: [
        "apiKey", "x-api-key", "API_KEY", "token", "accessToken", "access_tokens", "password", "PGPASSWORD",
        "authHeader",
        "clientSecret", "Authorization", "cookie", "pin", "headers", "privateKey", "--token", "keys", "x-goog-api-key",
    ])
    func `names of credentials`(name: String) { #expect(SecretName.isOne(name)) }

    @Test(arguments: [
        "maxTokens", "totalTokens", "monkey", "keyboard", "keyRef", "tokenRef", "model", "baseUrl", "author", "passage",
        "",
    ])
    func `other names`(name: String) { #expect(!SecretName.isOne(name)) }

    // MARK: Notes

    @Test(arguments: [
        ("apiKey: \"abc\", // x", "apiKey: ****"), ("old key abc", "old key ****"),
        ("the password is hunter2", "the password ****"),
        ("token: ${TOKEN},", "token: ${TOKEN},"), ("refresh every hour", "refresh every hour"),
        ("refresh: abc", "refresh: ****"),
        ("\"x-api-key\" : abc", "\"x-api-key\" : ****"), ("port of the office", "port of the office"),
        ("at most 5 tokens", "at most 5 tokens"), ("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", "9f86d0...4f1b"),
        ("see https://token.example/x", "see https://token.example ****"),
    ])
    func `what follows a name in a note is masked`(line: String, shown: String) {
        #expect(Masking.note(line, isSentence: true).text == shown)
    }

    @Test(arguments: [
        (["get", "vault/item", "--token", "abc"], ["get", "vault/item", "--token", "****"]),
        (["--token=abc", "--region", "eu-west-1"], ["--token=****", "--region", "eu-west-1"]),
        (["--api-key=${KEY}", "--password", "${PW}"], ["--api-key=${KEY}", "--password", "${PW}"]),
        (["-pHunter2", "-p", "hunter2", "-n", "1"], ["-p****", "-p", "****", "-n", "1"]),
        (["read", "op://Private/Item 2/credential"], ["read", "op://Private/Item 2/credential"]),
        (["-c", "curl -H 'X-Vault-Token: abc' https://h"], ["-c", "curl -H 'X-Vault-Token: ****"]),
        (["ghp_\(body)"], ["****"]), (["--", "https://u:p@h/1"], ["--", "https://****@h/1"]),
    ])
    func `the arguments of a program`(words: [String], shown: [String]) {
        let found = words.indices.map { Masking.argument(words[$0], after: $0 > 0 ? words[$0 - 1] : nil) }
        #expect(found == shown)
    }
}
