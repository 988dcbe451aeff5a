// SPDX-License-Identifier: Apache-2.0
import Credentials
import Providers
import Testing

@Suite struct ProviderTests {
    @Test func `every built-in provider can be reached at a place`() throws {
        #expect(Provider.builtIn.count == 28)
        #expect(Set(Provider.builtIn.map(\.id)).count == Provider.builtIn.count)
        for provider in Provider.builtIn {
            let place = try #require(provider.place)
            let isLocal = place.host == "localhost" || place.host == "127.0.0.1"
            #expect(place.isTLS != isLocal, "\(provider.id): a key goes out over TLS unless it stays on this machine")
            #expect(!provider.environmentVariables.isEmpty)
            #expect(Provider[id: provider.id] == provider)
            #expect(OtherProvider[id: provider.id] == nil)
        }
    }

    @Test func `every variable of a provider that is not relayed is known, and is nobody else's`() {
        let used = Set(Provider.builtIn.flatMap(\.environmentVariables))
        #expect(OtherProvider.all.count == 26)
        for other in OtherProvider.all {
            #expect(used.isDisjoint(with: other.secrets + other.places), "\(other.id)")
            #expect(Provider.secretVariables.isSuperset(of: other.secrets))
            #expect(Provider.credentialVariables.isSuperset(of: other.secrets + other.places))
            #expect(Provider[id: other.id] == nil)
        }
        #expect(OtherProvider.shared.isSubset(of: Provider.secretVariables))
    }

    @Test(
        arguments: [
            ("anthropic", Endpoint.messages, "/v1/messages"), ("anthropic", .countTokens, "/v1/messages/count_tokens"),
            ("anthropic", .chatCompletions, nil), ("anthropic", .embeddings, nil),
            ("openai", .chatCompletions, "/v1/chat/completions"), ("openai", .responses, "/v1/responses"),
            ("openai", .embeddings, "/v1/embeddings"), ("openai", .messages, nil), ("groq", .responses, nil),
            ("groq", .chatCompletions, "/openai/v1/chat/completions"), ("kimi-code", .messages, "/coding/v1/messages"),
            ("kimi-code", .chatCompletions, "/coding/v1/chat/completions"),
            ("minimax", .messages, "/anthropic/v1/messages"),
            ("opencode", .messages, "/zen/v1/messages"), ("zai", .chatCompletions, "/api/paas/v4/chat/completions"),
            ("deepseek", .chatCompletions, "/chat/completions"), ("vercel-ai-gateway", .messages, "/v1/messages"),
        ] as [(String, Endpoint, String?)])
    func `an endpoint has its path at a provider that speaks it`(id: String, endpoint: Endpoint, path: String?) throws {
        let provider = try #require(ProviderID(id).flatMap { Provider[id: $0] })
        #expect(provider.upstreamPath(for: endpoint) == path)
    }

    @Test(arguments: [
        ("https://api.example.com", "api.example.com", 443, "", true),
        ("https://API.example.com/v1/", "api.example.com", 443, "/v1", true),
        ("http://localhost:1234/v1", "localhost", 1234, "/v1", false), ("http://h", "h", 80, "", false),
        ("https://[::1]:8443/x//", "::1", 8443, "/x", true), ("https://[FE80::1]", "fe80::1", 443, "", true),
    ])
    func `a base URL names a place`(url: String, host: String, port: Int, path: String, isTLS: Bool) throws {
        let place = try #require(UpstreamPlace(url))
        #expect(place.host == host && place.port == port && place.path == path && place.isTLS == isTLS)
    }

    @Test(arguments: [
        "", "api.example.com", "ftp://h", "https://", "https://:443", "https://h:0", "https://h:65536", "https://h:x",
        "https://h:", "https://user:pw@h", "https://h?x=1", "https://h#f", "https://h h", "https://h\r\nx: y",
        "https://[::1",
        "https://[::1]x", "https://h\\x", "https://hé", "//h", "HTTPS//h",
    ])
    func `anything else names none`(url: String) {
        #expect(UpstreamPlace(url) == nil)
    }

    @Test(arguments: [
        ("https://h", "h"), ("https://h:443", "h"), ("https://h:8443", "h:8443"), ("http://h:80", "h"),
        ("https://[::1]", "[::1]"), ("http://[::1]:8080", "[::1]:8080"),
    ])
    func `the host field names the port when it is not the usual one`(url: String, authority: String) {
        #expect(UpstreamPlace(url)?.authority == authority)
    }
}

@Suite struct CredentialFieldsTests {
    private func provider(_ header: Provider.CredentialHeader, extra: [String: String] = [:]) -> Provider {
        Provider(
            id: .openai, displayName: "x", baseURL: "https://h:8443/v1", formats: [.openaiCompletions], header: header,
            extraHeaders: extra)
    }

    private func text(_ provider: Provider, _ secret: String) -> String? {
        CredentialFields.bytes(for: provider, secret: Secret(secret)).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `the credential stands in its provider's field and nowhere else`() {
        let start = "host: h:8443\r\nuser-agent: agenticflow-enterprise/0.1.0\r\naccept-encoding: identity\r\n"
        #expect(text(provider(.xAPIKey), "sk-12345678") == start + "x-api-key: sk-12345678\r\n")
        #expect(text(provider(.bearer), "sk-12345678") == start + "authorization: Bearer sk-12345678\r\n")
    }

    @Test(arguments: [
        "sk-ant-oat01-abcdefgh", " sk-ant-oat01-abcdefgh", "sk-ant-oat", "sk-1234\r\nx: y", "sk-1234 5678",
        "sk-1234é5678",
        "", String(repeating: "x", count: 4097), "sk-12345678\u{0}",
    ])
    func `a setup token is never sent, nor what could end a field`(secret: String) {
        #expect(text(provider(.xAPIKey), secret) == nil)
        #expect(text(provider(.bearer), secret) == nil)
    }

    @Test func `configured fields come along, but not in the place of ours`() {
        let extra = [
            "x-title": "mine", "authorization": "Bearer evil", "x-api-key": "evil", "host": "evil",
            "content-length": "1",
            "transfer-encoding": "chunked", "connection": "close", "cookie": "c", "expect": "100-continue",
            "accept": "evil",
            "X-Upper": "no", "bad name": "no", "": "no", "x-split": "a\r\nevil: 1", "x-é": "no", "x-n": "é",
        ]
        let text = text(provider(.bearer, extra: extra), "sk-12345678")
        #expect(text?.contains("x-title: mine\r\n") == true)
        #expect(text?.contains("evil") == false && text?.split(separator: "\r\n").count == 5)
    }
}

@Suite struct DialectErrorTests {
    private static let message = "He said \"no\"\\\n\u{1B}[0m\u{2028}é"

    @Test(arguments: ClientDialect.allCases)
    func `an error of ours is JSON in its client's dialect, whatever its message`(dialect: ClientDialect) throws {
        let error = DialectError(code: .allCredentialsCooling, message: Self.message, requestID: "req_1")
        let body = try #require(Tree(String(decoding: error.body(in: dialect), as: UTF8.self)))
        #expect(body["error"]?["message"]?.text == Self.message)
        #expect(body["error"]?["code"]?.text == "all_credentials_cooling")
        #expect(body["error"]?["type"]?.text == (dialect == .anthropic ? "overloaded_error" : "server_error"))
        if dialect == .anthropic {
            #expect(body["type"]?.text == "error" && body["request_id"]?.text == "req_1")
        } else {
            #expect(body["error"]?["param"] == .null)
        }
    }

    @Test(arguments: [ClientDialect.anthropic, .openaiChat, .openaiResponses])
    func `its frame is an error in a stream, and no end`(dialect: ClientDialect) {
        let error = DialectError(code: .upstreamFailed, message: Self.message, requestID: "req_1")
        let reading = StreamReading(error.streamFrame(in: dialect), dialect)
        #expect(reading.eventCount == 1 && reading.inBandError?.message == Self.message)
        #expect(!reading.isTerminal && !reading.hasOutput)
    }

    @Test func `every code has a status, and 401 is the client's own token's`() {
        for code in ErrorCode.allCases {
            #expect((400...504).contains(code.status))
            #expect((code.status == 401) == (code == .missingClientToken || code == .wrongClientToken))
        }
        #expect(ErrorCode.allCases.count == 27)
    }
}
