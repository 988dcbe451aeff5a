// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Providers
import Rotation
import Settings
import Testing

@Suite struct SourceOrderTests {
    static func profile(
        _ name: String, _ kind: CredentialKind = .apiKey, secret: String? = "sk-anthropic-0001",
        provider: ProviderID = .anthropic,
        isReference: Bool = false
    ) throws -> OwnedProfile {
        OwnedProfile(
            profile: Profile(
                id: try #require(ProfileID("anthropic:\(name)")), provider: provider, kind: kind,
                secret: secret.map { Secret($0) },
                isReference: isReference), owner: .main)
    }

    static func order(
        _ profiles: [OwnedProfile] = [], configured: [ConfiguredProfile] = [], configKey: String? = nil,
        keys: [String] = []
    ) -> SourceOrder {
        SourceOrder(
            profiles: profiles, configured: configured, configKey: configKey.map { .found(Secret($0)) },
            environmentKeys: keys.map {
                EnvironmentKey(variable: "ANTHROPIC_API_KEYS", secret: Secret($0), layer: .process)
            })
    }

    @Test func `profiles come first, then the configuration's key, then the environment's`() throws {
        let found = Self.order(
            [try Self.profile("b"), try Self.profile("a")], configKey: "sk-config-0001",
            keys: ["sk-env-00001", "sk-env-00002"]
        ).candidates(for: .anthropic)
        #expect(
            found.map(\.candidate.id.text)
                == ["anthropic:a", "anthropic:b", "anthropic:config", "anthropic:env", "anthropic:env-2"])
        #expect(
            found.map(\.candidate.source.label) == [
                "store:main", "store:main", "config", "env:ANTHROPIC_API_KEYS", "env:ANTHROPIC_API_KEYS",
            ])
        #expect(found.allSatisfy { $0.candidate.standing == .ok })
    }

    @Test func `a configured id leaves out what main stores beside it, and nothing that an agent keeps for itself`()
        throws
    {
        let named = ConfiguredProfile(id: try #require(ProfileID("anthropic:a")), provider: .anthropic, mode: .apiKey)
        var own = try Self.profile("mine")
        own.owner = try #require(AgentID("coder"))
        let all = [try Self.profile("a"), try Self.profile("b"), own]
        func leftOut(_ profiles: [OwnedProfile], _ configured: [ConfiguredProfile]) -> [String] {
            Self.order(profiles, configured: configured, configKey: "sk-config-0001", keys: ["sk-env-00001"])
                .candidates(for: .anthropic).filter(\.candidate.isLeftOut).map(\.candidate.id.text)
        }
        #expect(leftOut(all, [named]) == ["anthropic:b"])
        #expect(leftOut(all, []) == [])
        // Nothing is stored under the name, or it is another provider's.
        #expect(leftOut(Array(all.dropFirst()), [named]) == [])
        var foreign = named
        foreign.provider = .openai
        #expect(leftOut(all, [foreign]) == [])
    }

    @Test(arguments: [
        (ReferencedSecret.unresolved, SkipCode.unresolvedRef, false), (.leftToGateway, .ok, false),
        (.found(Secret("sk-config-0001")), .ok, true), (.found(Secret("")), .missingCredential, true),
    ])
    func `the configuration's key may rest elsewhere`(key: ReferencedSecret, code: SkipCode, hasSecret: Bool) throws {
        let order = SourceOrder(profiles: [], configured: [], configKey: key, environmentKeys: [])
        let found = try #require(order.candidates(for: .anthropic).first)
        #expect(found.candidate.id.text == "anthropic:config")
        #expect(found.candidate.standing == code)
        #expect((found.secret != nil) == hasSecret)
    }

    @Test func `another provider's profiles are not candidates`() throws {
        #expect(Self.order([try Self.profile("a", provider: .openai)]).candidates(for: .anthropic).isEmpty)
    }

    @Test(arguments: [
        (nil, CredentialKind.apiKey, false, SkipCode.missingCredential), ("", .apiKey, false, .missingCredential),
        ("   ", .token, false, .missingCredential), (nil, .apiKey, true, .unresolvedRef),
        ("sk-ant-oat01-0123456789", .token, false, .needsVendorCLI),
        ("sk-ant-oat01-0123456789", .apiKey, false, .needsVendorCLI),
        ("sk-with\r\nheader: x", .apiKey, false, .ineligibleProfile), ("short", .apiKey, false, .ineligibleProfile),
        ("sk-anthropic-0001", .oauth, false, .ok),
    ])
    func `what a credential lacks is said by its code`(
        secret: String?, kind: CredentialKind, isReference: Bool, code: SkipCode
    ) throws {
        let profile = try Self.profile("a", kind, secret: secret, isReference: isReference)
        #expect(Self.order([profile]).candidates(for: .anthropic).map(\.candidate.standing) == [code])
    }

    @Test(arguments: [
        (CredentialKind.apiKey, CredentialKind.apiKey, SkipCode.ok), (.oauth, .token, .ok),
        (.token, .oauth, .ineligibleProfile),
        (.apiKey, .token, .ineligibleProfile),
    ])
    func `the configuration says what a profile must be`(
        configured: CredentialKind, stored: CredentialKind, code: SkipCode
    ) throws {
        let id = try #require(ProfileID("anthropic:a"))
        let expectation = ConfiguredProfile(id: id, provider: .anthropic, mode: configured)
        let found = Self.order([try Self.profile("a", stored)], configured: [expectation]).candidates(for: .anthropic)
        #expect(found.map(\.candidate.standing) == [code])
    }

    @Test func `a setup token from the environment is shown and never sent`() {
        let found = Self.order(keys: ["sk-ant-oat01-from-the-environment"]).candidates(for: .anthropic)
        #expect(found.map(\.candidate.standing) == [.needsVendorCLI])
        #expect(found.map(\.candidate.kind) == [.token])
    }
}
