// SPDX-License-Identifier: Apache-2.0
import NIOCore
import Providers
import Testing

@testable import Exchange

@Suite struct ExchangePropertyTests {
    /// Lives, with what each must have sent.
    private static func lives(_ seeds: Range<UInt64>) -> [RandomExchange] {
        seeds.map { seed in
            var life = RandomExchange(seed: seed)
            life.live()
            return life
        }
    }

    @Test func `whatever happens, every promise is kept, and it ends`() {
        var endings: [Exchange.Ending: Int] = [:]
        for life in Self.lives(0..<4000) {
            let check = TraceCheck(life.trace, request: life.expectedRequest)
            #expect(check.violations.isEmpty)
            #expect(life.exchange.isFinished && life.exchange.attempts <= 8)
            if let ending = life.exchange.ending { endings[ending, default: 0] += 1 }
        }
        // The lives are varied enough to mean something.
        for ending in [Exchange.Ending.complete, .clientGone, .refused, .failed, .cut] {
            #expect(endings[ending, default: 0] > 100, "\(ending.rawValue): \(endings[ending, default: 0])")
        }
    }

    /// Traces as a broken exchange would leave them.
    enum Flaw: String, CaseIterable, Sendable {
        case forgetsAnOutcome, repeatsAnOutcome, repeatsTheHead, answersAfterAnError, keepsEveryConnection
        case forgetsAConnection, losesBytes, mixesAttempts, endsWhatWasCut, sendsTwice, endsTheRequestEarly
        case failsAfterTheHead, forgetsToGiveBack
    }

    private static func broken(_ trace: [TraceEntry], _ flaw: Flaw) -> [TraceEntry] {
        var out: [TraceEntry] = []
        var isSpoilt = false
        for entry in trace {
            guard !isSpoilt, case .action(let action) = entry, let replaced = replacement(for: action, flaw) else {
                // A late candidate's outcome is the last settle of the trace.
                out.append(entry)
                continue
            }
            isSpoilt = flaw != .keepsEveryConnection
            out += replaced.map { .action($0) }
        }
        if flaw == .forgetsToGiveBack, case .action(.settle)? = out.last { out.removeLast() }
        return out
    }

    private static func replacement(for action: Exchange.Action, _ flaw: Flaw) -> [Exchange.Action]? {
        switch (flaw, action) {
        case (.forgetsAnOutcome, .settle): []
        case (.repeatsAnOutcome, .settle): [action, action]
        case (.repeatsTheHead, .answerHead): [action, action]
        case (.answersAfterAnError, .answerError): [action, .answerHead(length: nil)]
        case (.keepsEveryConnection, .dropUpstream): [.dropUpstream(reusable: true)]
        case (.forgetsAConnection, .dropUpstream): []
        case (.losesBytes, .answerBytes): []
        case (.mixesAttempts, .answerBytes): [.answerBytes(Wire.bytes("from elsewhere")), action]
        case (.endsWhatWasCut, .breakConnection): [.answerEnd]
        case (.sendsTwice, .sendBody): [action, action]
        case (.endsTheRequestEarly, .sendBody): [.sendEnd, action]
        case (.failsAfterTheHead, .answerHead): [action, .answerError(Fault(.upstreamFailed, ""))]
        default: nil
        }
    }

    @Test(arguments: Flaw.allCases)
    func `a broken exchange is found out`(flaw: Flaw) {
        let found = Self.lives(0..<400).contains { life in
            !TraceCheck(Self.broken(life.trace, flaw), request: life.expectedRequest).violations.isEmpty
        }
        #expect(found)
    }
}
