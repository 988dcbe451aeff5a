// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import FoundationEssentials
import Providers
import Rotation
import Synchronization

/// One target with what came of it.
struct ProbeResult: Sendable {
    var target: ProbeTarget
    var verdict: ProbeVerdict
    /// Nil when nobody was asked.
    var latency: Duration?
    /// What was held against the credential, and no longer is.
    var cleared: Clearing.Line?
    /// What a good answer does not disprove: no credit, which a page that costs nothing says nothing about.
    var stillHeld: CredentialLine.Hold?

    var named: NamedCredential {
        NamedCredential(
            id: target.candidate.id, provider: target.provider, source: target.candidate.source,
            kind: target.candidate.kind, reference: target.reference)
    }

    /// What names the store it rests in.
    var agentWords: String { if case .profile(let owner) = target.candidate.source { " --agent \(owner)" } else { "" } }

    /// The provider's answer in the words of its class, or that it gave none in time; nil when it took the
    /// credential, or was not asked.
    var sentence: FailureSentence? {
        guard let reason = verdict.reason else { return nil }
        var sentence = FailureSentence(reason, target.provider, named, model: target.model)
        sentence.providerName = target.recipient?.provider.displayName
        sentence.status = verdict.httpStatus
        sentence.requestID = verdict.requestID
        sentence.until = verdict.until
        sentence.text = reason == .authPermanent ? verdict.words : ""
        sentence.isVendorRestriction = verdict.isVendorRestriction
        sentence.agentWords = agentWords
        sentence.isRecorded = false
        return sentence
    }

    /// What to do about it, where the provider has refused, or was not reached.
    var remedy: String? { sentence?.remedy ?? verdict.wayThere(of: target.provider) }

    /// Why it is not used although the provider takes it.
    func stillHeldSentence(_ modeFlag: String) -> String? {
        stillHeld.map {
            "still disabled until \($0.until.written): a listing does not prove credit; \(modeFlag) completion does, or: "
                + named.clearing(agentWords)
        }
    }
}

/// Asks the providers, a few at a time, and has what a good answer disproves forgotten.
struct ProbeRun: Sendable {
    let startedAt: Date
    let duration: Duration
    private(set) var results: [ProbeResult]

    init(_ targets: [ProbeTarget], _ settings: ProbeSettings, _ context: CommandContext, _ reading: InstanceReading)
        throws
    {
        startedAt = context.now()
        let asked = targets.count(where: \.isAsked)
        if context.terminal.isNoticeTerminal, asked > 0 {
            context.terminal.notice("Asking about \(asked) \(asked == 1 ? "credential" : "credentials")…")
        }
        let began = ContinuousClock.now
        let found = Mutex<[Int: ProbeResult]>([:])
        try Turns.run(targets.count, atOnce: settings.concurrency) { index, done in
            Self.ask(targets[index], settings, context) { result in
                found.withLock { $0[index] = result }
                done()
            }
        }
        results = found.withLock { found in targets.indices.compactMap { found[$0] } }
        duration = ContinuousClock.now - began
        clear(context, reading)
    }

    private static func ask(
        _ target: ProbeTarget, _ settings: ProbeSettings, _ context: CommandContext,
        done: @escaping @Sendable (ProbeResult) -> Void
    ) {
        guard case .success(let probe) = target.plan, let recipient = target.recipient, let secret = target.secret
        else {
            var verdict = ProbeVerdict(notAsked: .missingCredential)
            if case .failure(let reason) = target.plan { verdict = reason }
            return done(ProbeResult(target: target, verdict: verdict))
        }
        let began = ContinuousClock.now
        context.ask.call(probe.question, recipient, .milliseconds(settings.timeoutMilliseconds)) { reply in
            let verdict = probe.verdict(on: reply, secret: secret, now: context.now())
            done(ProbeResult(target: target, verdict: verdict, latency: ContinuousClock.now - began))
        }
    }

    // MARK: What a good answer disproves

    /// A page that costs nothing proves that the credential is taken, and that the provider is there. That there is
    /// credit again, a completion proves.
    private static func disproved(by mode: ProbeMode) -> Set<Lane> {
        var lanes = Set(Lane.allCases)
        if mode == .metadata { lanes.remove(.billing) }
        return lanes
    }

    private mutating func clear(_ context: CommandContext, _ reading: InstanceReading) {
        // One that cannot be seen may run.
        let isGatewayRunning = RunningGateway(reading).presence != .stopped
        for mode in ProbeMode.allCases {
            let proven = results.filter { result in
                result.verdict.finding == .ok && result.target.mode == mode
                    && (result.target.isShared || !isGatewayRunning)
            }
            if proven.isEmpty { continue }
            let clearance = Clearance(lanes: Self.disproved(by: mode), notedBefore: startedAt)
            do {
                let keys = proven.map(\.target.candidate.healthKey)
                for line in try Clearing(reading).forget(keys, clearance).lines {
                    for index in results.indices where results[index].target.candidate.healthKey == line.key {
                        results[index].cleared = line
                    }
                }
            } catch {
                guard let error = error as? any ActionableError else { return }
                context.terminal.notice("warning", error.advice)
                return
            }
        }
        noteWhatIsLeft(context, reading)
    }

    private mutating func noteWhatIsLeft(_ context: CommandContext, _ reading: InstanceReading) {
        let isListed = { (result: ProbeResult) in
            result.verdict.finding == .ok && result.target.mode == .metadata
        }
        guard results.contains(where: isListed) else { return }
        let lines = InstanceView(reading, now: context.now()).lines
        for index in results.indices where isListed(results[index]) {
            let candidate = results[index].target.candidate
            stillHeld(at: index, in: lines.filter { $0.profile == candidate.id && $0.source == candidate.source.label })
        }
    }

    private mutating func stillHeld(at index: Int, in lines: [CredentialLine]) {
        results[index].stillHeld = lines.flatMap(\.holds).filter { $0.reason == FailureReason.billing.rawValue }
            .max { $0.until < $1.until }
    }
}

extension ProbeTarget {
    /// What is really asked for; nil when nothing is.
    var mode: ProbeMode? { if case .success(let probe) = plan { probe.mode } else { nil } }
    var model: String? { if case .success(let probe) = plan { probe.model } else { nil } }
}
