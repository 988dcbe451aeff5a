// SPDX-License-Identifier: Apache-2.0
import Credentials
import Providers
import Testing

@Suite struct CredentialProofTests {
    private static func provider(_ id: String, base: String? = nil) throws -> Provider {
        var provider = try #require(ProviderID(id).flatMap { Provider[id: $0] })
        if let base { provider.baseURL = base }
        return provider
    }

    @Test(arguments: [
        ("anthropic", "GET https://api.anthropic.com/v1/models?limit=1"),
        ("openai", "GET https://api.openai.com/v1/models"),
        ("openrouter", "GET https://openrouter.ai/api/v1/key"),
        ("groq", "GET https://api.groq.com/openai/v1/models"),
        ("venice", "GET https://api.venice.ai/api/v1/api_keys/rate_limits"),
        ("ollama", "GET http://127.0.0.1:11434/v1/models"),
    ])
    func `the cheapest page that asks for the credential`(id: String, shown: String) throws {
        let provider = try Self.provider(id)
        guard case .metadata(let question) = provider.proof else {
            Issue.record("nothing")
            return
        }
        #expect(question.shown(at: provider) == shown)
        #expect(question.body == nil)
    }

    /// Their lists are open to everybody, or there are none.
    @Test(arguments: ["zai", "kimi-code", "minimax", "synthetic", "cohere", "huggingface", "nvidia", "opencode"])
    func `a page that proves nothing is not asked for`(id: String) throws {
        #expect(try Self.provider(id).proof == .completionOnly)
    }

    @Test func `a base URL of one's own is where the question goes`() throws {
        let provider = try Self.provider("anthropic", base: "https://proxy.example:8443/claude/v1")
        guard case .metadata(let question) = provider.proof else {
            Issue.record("nothing")
            return
        }
        #expect(question.shown(at: provider) == "GET https://proxy.example:8443/claude/v1/models?limit=1")
        #expect(question.fields == ["anthropic-version": "2023-06-01"])
    }

    @Test(arguments: [
        ("anthropic", "/v1/messages", "\"max_tokens\":8"), ("groq", "/openai/v1/chat/completions", "\"max_tokens\":8"),
        ("openai", "/v1/chat/completions", "\"max_completion_tokens\":8"),
    ])
    func `a completion is short, in the provider's own words`(id: String, path: String, limit: String) throws {
        let question = try #require(try Self.provider(id).completion(model: "a \"b\"", tokens: 8))
        #expect(question.path == path)
        let body = try #require(question.body)
        #expect(body.hasPrefix("{\"model\":\"a \\\"b\\\"\",\(limit),"))
        #expect(question.method == "POST")
    }

    @Test func `the head is whole, and its length is the body's`() throws {
        let provider = try Self.provider("openai", base: "http://127.0.0.1:9/v1")
        let fixed = try #require(CredentialFields.bytes(for: provider, secret: Secret("sk-test-12345678")))
        var question = ProviderQuestion(path: "/v1/x", body: "{\"é\":1}")
        question.fields["x-b"] = "2"
        #expect(
            String(decoding: question.head(with: fixed), as: UTF8.self) == """
                POST /v1/x HTTP/1.1\r\nhost: 127.0.0.1:9\r\nuser-agent: \(CredentialFields.userAgent)\r\n\
                accept-encoding: identity\r\nauthorization: Bearer sk-test-12345678\r\naccept: application/json\r\n\
                connection: close\r\nx-b: 2\r\ncontent-type: application/json\r\ncontent-length: 8\r\n\r\n
                """)
    }

    @Test func `an open page gets no credential, and no field of the configuration either`() throws {
        var provider = try Self.provider("openrouter")
        provider.extraHeaders = ["x-extra": "sk-secret-in-a-header"]
        let bytes = try #require(CredentialFields.bytesWithoutCredential(for: provider))
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "host: openrouter.ai\r\nuser-agent: \(CredentialFields.userAgent)\r\naccept-encoding: identity\r\n")
    }
}
