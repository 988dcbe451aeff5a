// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import NIOCore
import Providers
import Rotation
import Testing

@testable import Exchange

/// Of several reasons each is told, whether it was met in this request or was there before.
@Suite struct SeveralReasonsTests {
    private static let target = Target(provider: .anthropic, model: "claude-a")
    private static let until = Date(timeIntervalSinceReferenceDate: 60)

    private static func refusal(_ reason: FailureReason) -> UpstreamRefusal {
        UpstreamRefusal(
            reason: reason, verdict: .tryNext, scope: .profile, until: nil,
            evidence: Evidence(origin: .ladder, text: ""), providerMessage: "")
    }

    /// Every candidate of one target refuses in its turn.
    private func fault(_ reasons: [FailureReason], _ causes: [Cause] = []) -> Fault? {
        var driver = ExchangeDriver(candidates: [])
        driver.leaveOpen(.body(Wire.request), .bodyEnd, .routed([Self.target]))
        for (number, reason) in reasons.enumerated() {
            guard let id = ProfileID("anthropic:p\(number)") else { continue }
            driver.leaveOpen(.candidate(id))
            driver.leaveOpen(.connected(reused: false), .upstreamHead(.init(status: 401, isEventStream: false)))
            driver.leaveOpen(.upstreamEnd(reusable: true), .classified(Self.refusal(reason)))
        }
        driver.leaveOpen(.noCandidate(.exhausted, opensIn: nil, causes: causes))
        return driver.fault
    }

    @Test func `two refusals of one kind are one reason`() {
        let message = fault([.auth, .auth])?.message ?? ""
        #expect(
            message.hasPrefix("Anthropic rejected the credential anthropic:p1. That was 2 attempts. Check it"),
            "\(message)")
    }

    @Test func `two kinds are both told`() {
        let message = fault([.billing, .auth])?.message ?? ""
        #expect(
            message.hasPrefix(
                "Anthropic rejected the credential anthropic:p1. That was 2 attempts. "
                    + "Also: Anthropic reports no credit for anthropic:p0. Check it with: "), "\(message)")
    }

    @Test func `what could not even be asked is told too, and what this request has met is not told twice`() throws {
        let causes = [
            try FaultTests.cause("anthropic:p0", .disabledAuth, .auth, until: Self.until),
            try FaultTests.cause("anthropic:old", .expired),
        ]
        let message = fault([.auth], causes)?.message ?? ""
        #expect(
            message.contains("That was one attempt. Also: anthropic:old has expired. Check it with: "), "\(message)")
    }

    @Test func `three are told, and the rest is counted`() throws {
        let causes = [
            try FaultTests.cause("anthropic:old", .expired), try FaultTests.cause("anthropic:bare", .missingCredential),
            try FaultTests.cause("anthropic:ref", .unresolvedRef),
        ]
        let message = fault([.billing, .auth], causes)?.message ?? ""
        #expect(
            message.contains(
                " Also: Anthropic reports no credit for anthropic:p0; anthropic:old has expired; and 2 more. "),
            "\(message)")
    }

    // MARK: Nobody was asked

    private static func told(_ unavailability: Unavailability, _ causes: [Cause], _ others: [Shortage] = []) -> String {
        let told = Shortage(target, unavailability, causes: causes)
        return Fault(told, among: [told] + others, Asker()).message
    }

    @Test func `one that has expired does not wait`() throws {
        let message = Self.told(
            .allCooling(until: Self.until, reason: .auth),
            [
                try FaultTests.cause("anthropic:old", .expired),
                try FaultTests.cause("anthropic:work", .disabledAuth, .auth, until: Self.until),
            ])
        #expect(
            message.hasPrefix(
                "No Anthropic credential can be used now. Of the soonest: Anthropic rejected the credential anthropic:work. "
            ),
            "\(message)")
        #expect(message.contains(" Also: anthropic:old has expired. All of them: "), "\(message)")
    }

    @Test func `nothing usable says why of what is there, and how to replace it`() throws {
        let message = Self.told(.noCredential, [try FaultTests.cause("anthropic:old", .expired)])
        #expect(
            message
                == "No usable credential is stored for Anthropic: anthropic:old has expired. Replace it with: "
                + "agenticflow-enterprise models auth paste-api-key --provider anthropic --profile-id anthropic:old")
    }

    @Test func `what keeps the fallbacks is told beside the model's own`() throws {
        let other = Target(provider: .openai, model: "gpt-5")
        let message = Self.told(
            .allCooling(until: Self.until, reason: .billing),
            [try FaultTests.cause("anthropic:work", .disabledBilling, .billing, until: Self.until)],
            [Shortage(other, .noCredential, causes: [])])
        #expect(message.contains(" Also: nothing is stored for OpenAI. All of them: "), "\(message)")
    }

    @Test func `a provider that nothing can be sent to is told first, and a fallback's reason behind it`() throws {
        let advice = Advice(what: "It is left out.", why: "/a/path: no.", fix: "Run: x")
        let fault = ProviderFault(advice, told: "It is left out.", remedy: "See: y")
        let all = [
            Shortage(Self.target, .providerLeftOut(fault), causes: []),
            Shortage(Target(provider: .openai, model: "g"), .noCredential, causes: []),
        ]
        #expect(Shortage.told(among: all)?.target == Self.target)
        let told = Fault(all[0], among: all, Asker())
        #expect(told.code == .providerLeftOut && told.code.status == 503)
        #expect(told.message == "It is left out. Also: nothing is stored for OpenAI. See: y")
        let other = Fault(all[1], among: all, Asker())
        #expect(other.message.contains(" Also: anthropic is left out, as models status says. "))
    }

    @Test func `another model of the same provider has no reason of its own`() {
        let all = ["a", "b"].map {
            Shortage(Target(provider: .anthropic, model: $0), .noCredential, causes: [])
        }
        let told = Fault(all[0], among: all, Asker())
        #expect(told.message.hasPrefix("No usable credential is stored for Anthropic. Run: "), "\(told.message)")
    }

    @Test func `of a store that cannot be read nobody says that nothing is stored in it`() throws {
        let all = [
            Shortage(Self.target, .noCredential, causes: []),
            Shortage(Target(provider: .openai, model: "g"), .noCredential, causes: []),
        ]
        let told = Fault(all[0], among: all, Asker(isStoreUnreadable: true))
        #expect(
            told.message
                == "Nothing can be sent to Anthropic. Also: what is stored for OpenAI cannot be read. Credentials are "
                + "stored for agent main, and the file cannot be read. See why: agenticflow-enterprise doctor")
        // A profile that is not known may be in it.
        let id = try #require(ProfileID("anthropic:work"))
        let pinned = Shortage(
            Self.target, .pinnedUnavailable(id, .unknownProfile, until: nil), causes: [])
        #expect(
            Fault(pinned, Asker(isStoreUnreadable: true)).message
                == "No credentials found for profile \"anthropic:work\". Credentials are stored for agent main, and the "
                + "file cannot be read. See why: agenticflow-enterprise doctor. The request insists on that profile; "
                + "leaving out @anthropic:work lets another one serve it.")
    }

    // MARK: Orders

    @Test(arguments: [
        (
            ExplicitOrder.Source.config, "auth.order.anthropic in the configuration",
            "; or correct auth.order.anthropic in the configuration"
        ),
        (
            .store, "the order of agent coder",
            "; or take the order away: agenticflow-enterprise models auth order clear --provider anthropic --agent coder"
        ),
    ])
    func `an order that leaves out everything is named, with the command that mends it`(
        source: ExplicitOrder.Source, place: String, other: String
    ) throws {
        let ids = try ["anthropic:gone", "anthropic:old"].map { try #require(ProfileID($0)) }
        let left = LeftOut(
            order: ExplicitOrder(ids: ids, source: source), kept: [ids[1]],
            ids: [try #require(ProfileID("anthropic:work"))])
        let asker = Asker(agent: try #require(AgentID("coder")), defaultAgent: .main)
        let fault = Fault(Shortage(Self.target, .leftOut(left), causes: []), asker)
        #expect(fault.code == .noCredential)
        #expect(
            fault.message
                == "The order leaves out every Anthropic credential that could be sent. It is \(place), which names only "
                + "anthropic:gone, anthropic:old; left out: anthropic:work. Run: agenticflow-enterprise models auth order set "
                + "--provider anthropic --agent coder anthropic:old anthropic:work\(other)")
    }

    @Test func `an order whose only credential gives no secret is told with that cause`() throws {
        let vault = try #require(ProfileID("anthropic:vault"))
        let left = LeftOut(
            order: ExplicitOrder(ids: [vault], source: .store), kept: [vault],
            ids: [try #require(ProfileID("anthropic:work"))])
        let cause = Cause(id: vault, source: .profile(owner: .main), kind: .apiKey, code: .unresolvedRef)
        let fault = Fault(
            Shortage(Self.target, .leftOut(left), causes: [cause]), Asker(agent: .main, defaultAgent: .main))
        #expect(fault.code == .noCredential)
        #expect(
            fault.message
                == "The order leaves out every Anthropic credential that could be sent. It is the order of agent main, "
                + "which names only anthropic:vault; left out: anthropic:work. The cause may be that what anthropic:vault "
                + "refers to gives nothing; see why: agenticflow-enterprise doctor. Run: agenticflow-enterprise models "
                + "auth order set --provider anthropic anthropic:vault anthropic:work; or take the order away: "
                + "agenticflow-enterprise models auth order clear --provider anthropic")
    }
}
