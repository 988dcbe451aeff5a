// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Rotation

/// The rules of choosing, written down a second time and as plainly as they can be: everybody is looked at.
///
/// With a flaw it is a broken twin, which the comparison with the real chooser must find out.
struct Rules {
    enum Flaw: CaseIterable {
        case forgetsHalfOpen, forgetsExpiry, forgetsModelScope, forgetsKind, forgetsUse, forgetsOrder, triesAgain
        case keepsTransientBack, forgetsProbes, looksPastHardWindows, dropsThePreference, rotatesPins
        case takesTheLatestLastResort, namesTheLatestReopening
    }

    var flaw: Flaw?
    var candidates: [Candidate]
    var order: ExplicitOrder?
    var table: HealthTable
    /// Probes under way.
    var probes: [HealthKey: RandomLife.Probes]
    var now: Date

    func next(_ ask: Ask) -> ProfileID? {
        if let pinned = ask.pinned, flaw != .rotatesPins {
            guard let candidate = candidates.first(where: { $0.id == pinned }), mayTry(candidate, ask) else {
                return nil
            }
            return isOpen(candidate, ask.model) || isResort(candidate, ask.model) ? pinned : nil
        }
        return sequence(ask).first { mayTry($0, ask) }?.id
    }

    /// In the order in which one request tries them.
    func sequence(_ ask: Ask) -> [Candidate] {
        let everyone = inTurn
        let open = everyone.filter { isOpen($0, ask.model) }
        let preferred = flaw == .dropsThePreference ? [] : open.filter { $0.id == ask.preferred }
        var resort = flaw == .keepsTransientBack ? [] : everyone.filter { isResort($0, ask.model) }
        // `inTurn` follows use; among equal ends the fixed order decides.
        resort = fixed.filter { one in resort.contains { $0.id == one.id } }.enumerated().sorted {
            let ends = (end($0.element, ask.model), end($1.element, ask.model))
            return ends.0 == ends.1 ? $0.offset < $1.offset : ends.0 < ends.1
        }.map(\.element)
        if flaw == .takesTheLatestLastResort { resort.reverse() }
        return preferred + open.filter { one in !preferred.contains { $0.id == one.id } } + resort
    }

    func unavailability(_ ask: Ask) -> Unavailability {
        if let pinned = ask.pinned { return pinUnavailability(pinned, ask) }
        var soonest: (at: Date, until: Date, candidate: Candidate)?
        for candidate in fixed {
            guard let (at, until) = reopening(candidate, ask.model) else { continue }
            let isSooner = soonest.map { (at, until) < ($0.at, $0.until) } ?? true
            if isSooner != (flaw == .namesTheLatestReopening && soonest != nil) { soonest = (at, until, candidate) }
        }
        if let soonest {
            return .allCooling(until: soonest.at, reason: window(soonest.candidate, ask.model)?.reason ?? .timeout)
        }
        return fixed.contains { isOpen($0, ask.model) } ? .exhausted : nobody
    }

    private var nobody: Unavailability {
        let left = candidates.filter { one in isUsable(one) && !fixed.contains { $0.id == one.id } }
        guard !left.isEmpty else { return .noCredential }
        return .leftOut(LeftOut(order: order, kept: fixed.map(\.id), ids: left.map(\.id)))
    }

    private func pinUnavailability(_ pinned: ProfileID, _ ask: Ask) -> Unavailability {
        guard let candidate = candidates.first(where: { $0.id == pinned }) else {
            return .pinnedUnavailable(pinned, .unknownProfile, until: nil)
        }
        let until = reopening(candidate, ask.model)?.at
        if candidate.standing != .ok { return .pinnedUnavailable(pinned, candidate.standing, until: nil) }
        if let code = expiry(candidate) { return .pinnedUnavailable(pinned, code, until: nil) }
        if isOpen(candidate, ask.model) || isResort(candidate, ask.model) {
            return .pinnedUnavailable(pinned, .alreadyTried, until: until)
        }
        if isProbed(candidate, ask.model) { return .pinnedUnavailable(pinned, .probeInFlight, until: until) }
        return .pinnedUnavailable(pinned, code(window(candidate, ask.model)), until: until)
    }

    // MARK: One candidate

    private func mayTry(_ candidate: Candidate, _ ask: Ask) -> Bool {
        flaw == .triesAgain || !ask.tried.contains(candidate.id)
    }

    private func isOpen(_ candidate: Candidate, _ model: String) -> Bool {
        isUsable(candidate) && window(candidate, model) == nil && !isProbed(candidate, model)
    }

    private func isResort(_ candidate: Candidate, _ model: String) -> Bool {
        isUsable(candidate) && window(candidate, model)?.reason.lane == .transient && !isProbed(candidate, model)
    }

    private func isUsable(_ candidate: Candidate) -> Bool { candidate.standing == .ok && expiry(candidate) == nil }

    private func expiry(_ candidate: Candidate) -> SkipCode? {
        switch candidate.expires {
        case .never: nil
        case .invalid: .invalidExpires
        case .at(let date): date <= now && flaw != .forgetsExpiry ? .expired : nil
        }
    }

    /// One probe at a time, over a transient window and after any window.
    private func isProbed(_ candidate: Candidate, _ model: String) -> Bool {
        guard let probes = probes[candidate.healthKey], probes.count > 0, probes.until > now, flaw != .forgetsProbes
        else { return false }
        if let window = window(candidate, model) { return window.reason.lane == .transient }
        if flaw == .forgetsHalfOpen { return false }
        let health = table[candidate.healthKey]
        return health.windows.contains { $0.until <= now && covers($0, model) }
    }

    private func window(_ candidate: Candidate, _ model: String) -> Window? {
        let active = table[candidate.healthKey].windows.filter { $0.until > now && covers($0, model) }
        let hard = active.filter { $0.reason.lane != .transient }
        if flaw == .looksPastHardWindows, hard.count < active.count {
            return active.first { $0.reason.lane == .transient }
        }
        return (hard.isEmpty ? active : hard).reduce(nil) { longest, window in
            longest.map { $0.until >= window.until } ?? false ? longest : window
        }
    }

    private func covers(_ window: Window, _ model: String) -> Bool {
        window.scope == .profile || window.scope == .model(model) || flaw == .forgetsModelScope
    }

    private func end(_ candidate: Candidate, _ model: String) -> Date { window(candidate, model)?.until ?? now }

    private func reopening(_ candidate: Candidate, _ model: String) -> (at: Date, until: Date)? {
        guard isUsable(candidate) else { return nil }
        if isProbed(candidate, model) {
            return (now + Roster.probeWait, probes[candidate.healthKey]?.until ?? now)
        }
        return window(candidate, model).map { ($0.until, $0.until) }
    }

    private func code(_ window: Window?) -> SkipCode {
        switch window?.reason.lane {
        case .transient: .cooldownTransient
        case .rateLimit: .cooldownRateLimit
        case .billing: .disabledBilling
        case .auth: .disabledAuth
        case .model: .cooldownModelNotFound
        case nil: .ok
        }
    }

    // MARK: Everybody

    private var fixed: [Candidate] {
        if let order, flaw != .forgetsOrder {
            return order.ids.compactMap { id in candidates.first { $0.id == id } }
        }
        return candidates.sorted { (kind($0), $0.id) < (kind($1), $1.id) }
    }

    private var inTurn: [Candidate] {
        if order != nil, flaw != .forgetsOrder { return fixed }
        return fixed.enumerated().sorted { first, second in
            let (a, b) = (first.element, second.element)
            if kind(a) != kind(b) { return kind(a) < kind(b) }
            let uses = (use(a), use(b))
            return uses.0 == uses.1 ? first.offset < second.offset : uses.0 < uses.1
        }.map(\.element)
    }

    private func use(_ candidate: Candidate) -> Date {
        flaw == .forgetsUse ? .distantPast : table[candidate.healthKey].lastUsed ?? .distantPast
    }

    private func kind(_ candidate: Candidate) -> Int {
        if flaw == .forgetsKind { return 0 }
        switch (candidate.source, candidate.kind) {
        case (.profile, .oauth): return 0
        case (.profile, .token): return 1
        case (.profile, .apiKey): return 2
        case (.config, _): return 3
        case (.environment, _), (.shellEnvironment, _): return 4
        }
    }
}
