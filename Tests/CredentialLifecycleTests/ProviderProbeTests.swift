// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import FoundationEssentials
import Providers
import Rotation
import Testing

@Suite struct ProviderProbeTests {
    private static let key = Secret("sk-ant-api03-CANARY-0123456789-CANARY-0123456789")
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private static func verdict(
        _ status: Int, _ body: String, _ fields: [String: String] = ["content-type": "application/json"],
        isCut: Bool = false, mode: ProbeMode = .metadata
    ) throws -> ProbeVerdict {
        let answer = ProviderAnswer(status: status, fields: fields, body: Array(body.utf8), isCut: isCut)
        return try probe(mode).verdict(on: .answer(answer), secret: key, now: now)
    }

    private static func probe(_ mode: ProbeMode) throws -> ProviderProbe {
        try ProviderProbe(
            try #require(Provider[id: .anthropic]), mode: mode, model: "claude-x", maximumTokens: 8, modeFlag: "--mode")
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var status: Int
        var body: String
        var wanted: String
        var testDescription: String { "\(status) \(body.prefix(60))" }
    }

    private static func error(_ type: String, _ message: String) -> String {
        "{\"type\":\"error\",\"error\":{\"type\":\"\(type)\",\"message\":\"\(message)\"}}"
    }

    static let rows = [
        Row(status: 200, body: "{\"data\":[]}", wanted: "ok ok -"), Row(status: 200, body: "[]", wanted: "ok ok -"),
        Row(status: 200, body: "{\"error\":null}", wanted: "ok ok -"),
        // A page of somebody in between says 200 to everything.
        Row(status: 200, body: "<html>Log in</html>", wanted: "could_not_ask format format"),
        Row(status: 200, body: "", wanted: "could_not_ask format format"),
        Row(status: 200, body: "\"ok\"", wanted: "could_not_ask format format"),
        Row(status: 204, body: "", wanted: "could_not_ask format format"),
        Row(
            status: 200, body: "{\"error\":{\"code\":401,\"message\":\"No auth credentials found\"}}",
            wanted: "rejected auth auth"),
        Row(
            status: 200, body: error("overloaded_error", "Overloaded"), wanted: "could_not_ask unknown overloaded"),
        Row(status: 401, body: error("authentication_error", "invalid x-api-key"), wanted: "rejected auth auth"),
        Row(
            status: 403, body: error("permission_error", "API key has been revoked"),
            wanted: "rejected auth auth_permanent"),
        Row(
            status: 400, body: error("invalid_request_error", "Your credit balance is too low to access the API"),
            wanted: "rejected billing billing"),
        Row(status: 402, body: "{}", wanted: "rejected billing billing"),
        Row(
            status: 429, body: error("rate_limit_error", "slow down"), wanted: "could_not_ask rate_limit rate_limit"),
        Row(status: 404, body: error("not_found_error", "Not found"), wanted: "could_not_ask format format"),
        Row(status: 500, body: "", wanted: "could_not_ask timeout timeout"),
        Row(status: 503, body: "<html>", wanted: "could_not_ask timeout timeout"),
        Row(status: 302, body: "", wanted: "could_not_ask format redirect"),
        Row(status: 403, body: "<html>Just a moment...</html>", wanted: "could_not_ask unknown server_error"),
    ]

    @Test(arguments: rows)
    func `every answer is one of three, and never a fourth`(row: Row) throws {
        let verdict = try Self.verdict(row.status, row.body)
        #expect("\(verdict.finding.rawValue) \(verdict.status.rawValue) \(verdict.reasonCode ?? "-")" == row.wanted)
        #expect((verdict.finding == .ok) == verdict.detail.isEmpty)
    }

    @Test func `a list that is longer than what is read counts when it says that it is JSON`() throws {
        #expect(try Self.verdict(200, "{\"data\":[{", isCut: true) == .ok)
        #expect(
            try Self.verdict(200, "{\"data\":[{", ["content-type": "text/html"], isCut: true).finding == .couldNotAsk)
    }

    @Test func `a model that the account has not got is no verdict on the credential`() throws {
        let verdict = try Self.verdict(404, Self.error("not_found_error", "model: claude-x"), mode: .completion)
        #expect(verdict.finding == .couldNotAsk)
        #expect(verdict.reasonCode == "model_not_found")
    }

    @Test func `the time to come back is the provider's`() throws {
        let verdict = try Self.verdict(429, "{}", ["retry-after": "120"])
        #expect(verdict.until == Self.now + 120)
    }

    @Test func `a secret that is repeated does not show, whole or in part`() throws {
        let plain = Self.key.reveal()
        let message = "Incorrect key \(plain) or \(plain.dropFirst(9).prefix(20))\\u001b[2J"
        let detail = try Self.verdict(401, Self.error("authentication_error", message)).detail
        #expect(!detail.contains("CANARY-01234567") && detail.contains("[redacted]"))
        #expect(!detail.contains("\u{1b}"))
        #expect(detail.count <= 300)
    }

    @Test func `a secret in a configured header does not show either`() throws {
        var provider = try #require(Provider[id: .anthropic])
        provider.extraHeaders = ["x-gate": "gate-CANARY-9876543210"]
        let answer = ProviderAnswer(
            status: 401, body: Array(Self.error("authentication_error", "bad gate-CANARY-9876543210").utf8))
        let probe = try ProviderProbe(provider, mode: .metadata, model: nil, maximumTokens: 8, modeFlag: "--mode")
        #expect(
            probe.verdict(on: .answer(answer), secret: Self.key, now: Self.now).detail == "status 401: bad [redacted]")
    }

    @Test(arguments: [
        (NoAnswer.name, ProbeVerdict.Status.unknown, "dns"), (.connection(111), .unknown, "connection"),
        (.tls("x"), .unknown, "tls"), (.deadline(isConnected: true), .timeout, "deadline"),
        (.deadline(isConnected: false), .timeout, "deadline"), (.closed, .unknown, "closed"),
        (.garbled, .format, "protocol"), (.encoded, .format, "encoding"),
        (.forbiddenAddress, .unknown, "forbidden_address"), (.authority("x"), .unknown, "ca_file"),
        (.notSent, .unknown, "not_sent"),
    ])
    func `whoever could not be asked has said nothing`(
        reason: NoAnswer, status: ProbeVerdict.Status, code: String
    ) throws {
        let verdict = try Self.probe(.metadata).verdict(on: .none(reason), secret: Self.key, now: Self.now)
        #expect(verdict.finding == .couldNotAsk)
        #expect(verdict.status == status)
        #expect(verdict.reasonCode == code)
        #expect(verdict.detail.hasSuffix("."))
        // The same as after a request.
        #expect((verdict.wayThere(of: .anthropic) != nil) == reason.isOnTheWay)
    }

    @Test(arguments: ["--mode", "--probe-mode"])
    func `a provider without such a page is advised to be asked otherwise, as the command calls it`(flag: String) throws
    {
        let probe = try ProviderProbe(
            try #require(Provider[id: .anthropic]), mode: .metadata, model: nil, maximumTokens: 8, modeFlag: flag)
        let answer = ProviderAnswer(status: 404, body: Array(Self.error("not_found_error", "Not found").utf8))
        let detail = probe.verdict(on: .answer(answer), secret: Self.key, now: Self.now).detail
        #expect(detail.hasSuffix("Check the base URL, or ask with \(flag) completion."), "\(detail)")
    }

    @Test(arguments: [
        ("https://proxy.example", true), ("https://proxy.example/openai", true), ("https://proxy.example/v1", false),
        ("https://proxy.example/api/v4/x", false),
    ])
    func `an address without a version is doubted when nothing is there`(address: String, isDoubted: Bool) throws {
        var provider = try #require(Provider[id: .openai])
        provider.baseURL = address
        let probe = try ProviderProbe(
            provider, mode: .metadata, model: nil, maximumTokens: 8, modeFlag: "--probe-mode")
        let answer = ProviderAnswer(status: 404, body: Array(Self.error("not_found_error", "Not found").utf8))
        let detail = probe.verdict(on: .answer(answer), secret: Self.key, now: Self.now).detail
        let doubt = " (models.providers.openai.baseUrl names no version; most end in /v1)"
        #expect(
            detail.hasSuffix("Check the base URL\(isDoubted ? doubt : ""), or ask with --probe-mode completion."),
            "\(detail)")
    }

    @Test func `no address that is built in is doubted`() {
        #expect(Provider.builtIn.filter { $0.addressDoubt != nil }.map(\.id) == [])
    }

    @Test func `without a model there is no completion to ask for`() throws {
        let zai = try #require(ProviderID("zai").flatMap { Provider[id: $0] })
        #expect(throws: ProbeVerdict.self) {
            try ProviderProbe(zai, mode: .metadata, model: nil, maximumTokens: 8, modeFlag: "--mode")
        }
        #expect(
            try ProviderProbe(zai, mode: .metadata, model: "glm", maximumTokens: 8, modeFlag: "--mode").mode
                == .completion)
    }

    @Test(arguments: [
        (SkipCode.excludedByAuthOrder, "Excluded by auth.order for this provider."),
        (
            .expired,
            "Auth profile credentials are missing or expired.\n↳ Auth reason [expired]: its time is over"
        ),
    ])
    func `what scripts look for`(code: SkipCode, text: String) {
        let verdict = ProbeVerdict(notAsked: code)
        #expect((verdict.finding, verdict.status) == (.notAsked, .unknown))
        #expect(verdict.reasonCode == code.rawValue)
        #expect(verdict.detail == text)
    }
}
