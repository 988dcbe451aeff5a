// SPDX-License-Identifier: Apache-2.0
import Credentials
import Settings
import Testing

@Suite struct ProviderSettingsTests {
    private func own(_ text: String) throws -> (provider: ProviderSettings?, complaints: [String]) {
        let all = try settings("{models: {providers: {own: \(text)}}}")
        return (all.own, all.complaints)
    }

    @Test func `a provider of one's own is read whole`() throws {
        let (found, complaints) = try own(
            """
            { baseUrl: 'https://API.example.org:8443/v1/', api: 'openai-completions', apiKey: 'sk-own', auth: 'token',
              headers: { 'X-Title': 'My App', 'HTTP-Referer': 'https://me.example' }, caFile: '~/ca.pem',
              models: ['plain', { id: 'big', name: 'Big', contextWindow: 200000, maxTokens: 8192, input: ['text', 'image'], cost: {input: 1} }] }
            """)
        var expected = ProviderSettings()
        expected.baseURL = "https://api.example.org:8443/v1"
        expected.api = .openaiCompletions
        expected.apiKey = .present(Secret("sk-own"), variables: [])
        expected.auth = .token
        expected.headers = [
            ConfiguredHeader(name: "x-title", value: Secret("My App")),
            ConfiguredHeader(name: "http-referer", value: Secret("https://me.example")),
        ]
        expected.caFile = "~/ca.pem"
        expected.models = [
            ConfiguredModel(id: "plain"),
            ConfiguredModel(
                id: "big", name: "Big", contextWindow: 200_000, maximumAnswerTokens: 8192, input: ["text", "image"]),
        ]
        #expect(found == expected)
        #expect(complaints == [])
    }

    @Test(arguments: [
        (
            "{api: 'google'}",
            "api is none of the words that have a meaning; allowed: anthropic-messages, openai-completions, openai-responses."
        ),
        ("{auth: 'aws-sdk'}", "auth is none of the words that have a meaning; allowed: api-key, token, oauth."),
        ("{api: 7}", "api is a number; allowed: text."),
        ("{baseUrl: 'ftp://x'}", "baseUrl does not start with https:// or http://; allowed: \(BaseURL.allowed)."),
        ("{models: 'x'}", "models is text; allowed: a list of models."),
        ("{models: [{}]}", "models[0].id is missing; allowed: the model's id."),
        (
            "{headers: {'x y': '1'}}",
            "headers[\"x y\"] cannot be set; allowed: a header that is neither ours nor part of the framing."
        ),
        ("{headers: {a: 'b\\nc'}}", "headers.a is blank, or holds a character that no header can carry."),
        ("{headers: {a: ''}}", "headers.a is blank, or holds a character that no header can carry."),
        ("{headers: {a: 7}}", "headers.a is a number; allowed: text."),
        ("{headers: []}", "headers is a list; allowed: an object."),
    ])
    func `what cannot be used is left out and named`(text: String, complaint: String) throws {
        let (found, complaints) = try own(text)
        var nothing = ProviderSettings()
        if text.contains("baseUrl") { nothing.addressFlaw = "does not start with https:// or http://" }
        #expect(found == nothing)
        #expect(complaints == ["models.providers.own.\(complaint)"])
    }

    @Test(arguments: [
        "Host", "content-length", "Transfer-Encoding", "connection", "Authorization", "x-api-key", "Cookie",
        "user-agent",
        "Proxy-Authorization", "accept-encoding", "te", "upgrade", "expect", "keep-alive", "trailer",
    ])
    func `framing and credentials are not set by a fixed header`(name: String) throws {
        let (found, complaints) = try own("{headers: {'\(name)': 'x', 'x-fine': 'y'}}")
        #expect(found?.headers == [ConfiguredHeader(name: "x-fine", value: Secret("y"))])
        #expect(complaints.count == 1)
    }

    @Test func `of headers and providers that are the same the last one counts`() throws {
        let (found, _) = try own("{headers: {'x-a': '1', 'X-A': '2'}}")
        #expect(found?.headers == [ConfiguredHeader(name: "x-a", value: Secret("2"))])
        let both = try settings(
            "{models: {providers: {'Z.AI': {caFile: '/1'}, zai: {caFile: '/2'}, zai: {caFile: '/3'}}}}")
        #expect(both.providers.values.map(\.caFile) == ["/3"])
        #expect(
            both.complaints == [
                "models.providers.zai stands there more than once; the last one counts.",
                "models.providers.zai names zai once more; the last one counts.",
                "models.providers.zai names zai once more; the last one counts.",
            ])
    }
}

@Suite struct BaseURLTests {
    @Test(arguments: [
        ("https://api.anthropic.com", "https://api.anthropic.com"),
        ("HTTPS://API.Example.org/V1/", "https://api.example.org/V1"),
        ("https://x.example:8443/a/b//", "https://x.example:8443/a/b"),
        ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
        ("http://localhost:1234", "http://localhost:1234"), ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("http://10.0.0.5", "http://10.0.0.5"), ("http://172.16.9.9", "http://172.16.9.9"),
        ("http://192.168.0.1", "http://192.168.0.1"),
        ("http://[fd12::1]/v1", "http://[fd12::1]/v1"), ("http://box.local:11434/v1", "http://box.local:11434/v1"),
        ("https://x_y.example./a", "https://x_y.example./a"), ("https://93.184.216.34", "https://93.184.216.34"),
        ("http://model.localhost/v1", "http://model.localhost/v1"),
    ])
    func `a sound address is taken`(url: String, text: String) throws { #expect(try BaseURL(url).text == text) }

    @Test(arguments: [
        "", "api.example.org", "ftp://x.example", "https:/x.example", "https://", "https:///v1", "//x.example",
        "https://user:pw@x.example", "https://x.example?a=b", "https://x.example/#a", "https://x.example/${KEY}",
        "https://x.example/$KEY", "https://x example", "https://x.example/\u{1B}", "https://x.example/ä",
        "https://x.example\\@y",
        "http://x.example", "http://8.8.8.8", "http://172.32.0.1", "http://[2001:db8::1]", "http://local",
        "http://notlocal.example",
        "https://169.254.169.254", "http://169.254.169.254/latest", "https://[fe80::1]",
        "https://[::ffff:169.254.169.254]",
        "https://[64:ff9b::a9fe:a9fe]", "https://[fd00:ec2::254]", "https://100.100.100.200", "https://168.63.129.16",
        "https://0.0.0.0", "http://[::]", "https://224.0.0.1", "https://[ff02::1]", "https://metadata.google.internal",
        "https://METADATA",
        "https://127.1", "https://2130706433", "https://0x7f000001", "https://0177.0.0.1", "https://1.2.3",
        "https://x.1",
        "https://x.example:0", "https://x.example:65536", "https://x.example:", "https://x.example:8o", "https://[::1",
        "https://[1.2.3.4]",
        "https://[::1]x", "https://-x.example", "https://x-.example", "https://x..example", "https://.example",
        "https://x.example:1:2",
        "https://\(String(repeating: "a", count: 64)).example",
        "https://x.example/\(String(repeating: "a", count: 2048))",
    ])
    func `what could leak, mislead or reach inside is refused, and not quoted`(url: String) {
        let refusal = #expect(throws: BaseURL.Refusal.self) { try BaseURL(url) }
        #expect(url.isEmpty || refusal?.problem.contains(url) == false)
    }
}

@Suite struct NetworkAddressTests {
    @Test(arguments: [
        ("127.0.0.1", true, false, false), ("127.255.0.9", true, false, false), ("::1", true, false, false),
        ("::ffff:127.0.0.1", true, false, false), ("128.0.0.1", false, false, false), ("10.1.2.3", false, true, false),
        ("172.15.0.1", false, false, false), ("172.31.255.255", false, true, false),
        ("192.168.9.9", false, true, false),
        ("fd00::1", false, true, false), ("fe80::1", false, false, true), ("febf::1", false, false, true),
        ("fec0::1", false, false, false),
        ("169.254.0.1", false, false, true), ("0.0.0.0", false, false, true), ("::", false, false, true),
        ("239.1.1.1", false, false, true),
        ("255.255.255.255", false, false, true), ("fd00:ec2::254", false, true, true),
        ("::ffff:169.254.169.254", false, false, true),
        ("::169.254.169.254", false, false, true), ("192.0.0.192", false, false, true),
    ])
    func `an address is known by its bytes`(text: String, isLoopback: Bool, isPrivate: Bool, isForbidden: Bool) throws {
        let address = try #require(NetworkAddress(text))
        #expect(address.isLoopback == isLoopback)
        #expect(address.isPrivate == isPrivate)
        #expect(address.isForbiddenUpstream == isForbidden)
    }

    @Test(arguments: [
        "", "localhost", "127.1", "0177.0.0.1", "1.2.3.4.5", "[::1]", "::1%eth0", "1.2.3.4:80", " 1.2.3.4",
    ])
    func `anything else is no address`(text: String) { #expect(NetworkAddress(text) == nil) }

    @Test func `every address of the machine is meant by two`() throws {
        #expect(try #require(NetworkAddress("0.0.0.0")).isUnspecified)
        #expect(try #require(NetworkAddress("::")).isUnspecified)
        #expect(try !#require(NetworkAddress("0.0.0.1")).isUnspecified)
    }
}
