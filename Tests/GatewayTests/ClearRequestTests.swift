// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Providers
import Rotation
import Testing

@testable import Gateway

@Suite struct ClearRequestTests {
    private static func read(_ text: String) throws(ClearRequest.Fault) -> ClearRequest {
        try ClearRequest(Array(text.utf8))
    }

    @Test func `everything that may be said is read`() throws {
        let request = try Self.read(
            """
            {"credentials":[{"agent":"main","profile":"anthropic:work"},{"agent":"ops","profile":"openai:env"}],
             "model":"m","lanes":["billing","rate_limit"],"notedBefore":1800000000500,"later":true}
            """)
        #expect(request.keys.map { "\($0.owner)/\($0.id)" } == ["main/anthropic:work", "ops/openai:env"])
        #expect(
            request.clearance
                == Clearance(
                    model: "m", lanes: [.billing, .rateLimit], notedBefore: Date(timeIntervalSince1970: 1_800_000_000.5)
                ))
        #expect(try Self.read("{\"credentials\":[],\"model\":null}").clearance == Clearance())
    }

    @Test(arguments: [
        "", "null", "[]", "{}", "{\"credentials\":{}}", "{\"credentials\":[1]}",
        "{\"credentials\":[{\"agent\":\"main\"}]}",
        "{\"credentials\":[{\"agent\":\"../main\",\"profile\":\"a:b\"}]}",
        "{\"credentials\":[{\"agent\":\"main\",\"profile\":\"nonsense\"}]}", "{\"credentials\":[],\"model\":[]}",
        "{\"credentials\":[],\"lanes\":\"billing\"}", "{\"credentials\":[],\"lanes\":[\"money\"]}",
        "{\"credentials\":[],\"notedBefore\":1.5}",
    ])
    func `anything else is refused as a whole`(text: String) {
        #expect(throws: ClearRequest.Fault.self) { try Self.read(text) }
    }

    @Test func `the log names ids, and not thousands of them`() throws {
        let id = try #require(ProfileID("anthropic:work"))
        let line = (key: HealthKey(owner: .main, id: id), gone: Forgotten(windows: [], failures: 1))
        #expect(ClearReport(cleared: [line]).logged == "main/anthropic:work")
        #expect(ClearReport(cleared: Array(repeating: line, count: 130)).logged.hasSuffix("anthropic:work and 30 more"))
    }
}

@Suite struct ProviderCallerTests {
    private static func ask(_ base: String, _ secret: Secret? = Secret("sk-test-12345678")) async throws -> NoAnswer? {
        var provider = try #require(Provider[id: .openai])
        provider.baseURL = base
        let reply = await withCheckedContinuation { continuation in
            ProviderCaller().ask(
                ProviderQuestion(path: "/"), of: provider, with: secret, caFile: nil, patience: .milliseconds(500)
            ) { continuation.resume(returning: $0) }
        }
        if case .none(let reason) = reply { return reason }
        return nil
    }

    @Test(arguments: [
        "http://169.254.169.254/latest", "https://169.254.10.1", "https://[fe80::1]", "https://[fd00:ec2::254]",
        "https://100.100.100.200", "https://[::ffff:169.254.169.254]",
    ])
    func `nothing is sent to the addresses of metadata services`(base: String) async throws {
        #expect(try await Self.ask(base) == .forbiddenAddress)
    }

    @Test func `a setup token is not sent, whoever asks for it`() async throws {
        let token = Secret("sk-ant-oat01-" + String(repeating: "x", count: 80))
        #expect(try await Self.ask("http://127.0.0.1:1", token) == .notSent)
        // The same with a key is refused by nobody but the machine.
        #expect(try await Self.ask("http://127.0.0.1:1") == .connection(111))
    }

    @Test(arguments: ["", "ftp://x", "https://user@host", "sk-test\r\nx: y"])
    func `what is no address is not connected to`(base: String) async throws {
        #expect(try await Self.ask(base) == .notSent)
    }
}
