// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// Whose turn it is among the candidates of one roster, for models that nothing distinguishes.
///
/// Those that may be asked wait in one heap, by turn; those that may not are parked by the moment at which that
/// changes. So a choice costs the logarithm of their number, whether all of them are well or nearly all of them cool.
/// Nobody tells the queue what happens to a candidate: it looks at the one on top, and the health table's wake calls
/// name those that came back before their time.
struct TurnQueue: Sendable {
    /// Where a candidate is kept.
    enum Pen: UInt8, Sendable {
        case ready
        /// Until its window ends.
        case waiting
        /// The same, but it may be asked when nobody else is left.
        case resort
        /// Another request is finding out whether it works again.
        case probed
        /// Until the roster is made anew: what is wrong with it does not pass.
        case out
    }

    struct Parked: Hashable, Sendable, Comparable {
        var until: Date
        var place: Int

        static func < (a: Parked, b: Parked) -> Bool { (a.until, a.place) < (b.until, b.place) }
    }

    private var ready: Heap<Turn>
    private var waiting = Heap<Parked>()
    private var resort = Heap<Parked>()
    private var probed = Heap<Parked>()
    private var pens: [Pen]
    /// Which entry of a heap is the candidate's; those with another date are left over.
    private var untils: [Date]
    private var wakesHeard: Int
    private var edition: Int
    private var latest: Date

    init(_ lineup: Lineup, _ table: HealthTable, now: Date) {
        ready = Heap(lineup.seats.indices.map { lineup.turn(at: $0, table) })
        pens = Array(repeating: .ready, count: lineup.seats.count)
        untils = Array(repeating: .distantPast, count: lineup.seats.count)
        wakesHeard = table.wakeCount
        edition = table.edition
        latest = now
    }

    /// The place of the first one in turn that may be asked and was not.
    mutating func next(_ view: RosterView) -> Int? {
        catchUp(view)
        var tried: [Turn] = []
        defer { for turn in tried { ready.push(turn) } }
        while let top = ready.top {
            let turn = view.lineup.turn(at: top.place, view.table)
            if turn != top {
                // It was used in the meantime.
                ready.replaceTop(with: turn)
                continue
            }
            let standing = view.standing(at: top.place)
            if standing.code == .ok, !view.isTried(top.place) { return top.place }
            ready.pop()
            if standing.code == .ok { tried.append(top) } else { park(top.place, standing, view) }
        }
        return nil
    }

    /// Of those in a transient window the one whose window ends first, passing over the tried. After ``next(_:)``.
    mutating func lastResort(_ view: RosterView) -> Int? {
        var tried: [Parked] = []
        defer { for parked in tried { resort.push(parked) } }
        while let top = settledTop(of: .resort, view) {
            if !view.isTried(top.place) { return top.place }
            resort.pop()
            tried.append(top)
        }
        return nil
    }

    /// The one that may be asked again first, and when that is. After ``next(_:)``.
    mutating func soonest(_ view: RosterView) -> (place: Int, at: Date)? {
        // Settling one pen may put somebody into another.
        for pen in [Pen.waiting, .resort, .probed] { _ = settledTop(of: pen, view) }
        var best: (parked: Parked, at: Date)?
        for pen in [Pen.waiting, .resort, .probed] {
            guard let top = settledTop(of: pen, view) else { continue }
            let at = pen == .probed ? view.now + Roster.probeWait : top.until
            if best.map({ (at, top) < ($0.at, $0.parked) }) ?? true { best = (top, at) }
        }
        return best.map { ($0.parked.place, $0.at) }
    }

    /// Somebody may be asked, although by none who has tried everyone.
    var hasReady: Bool { !ready.isEmpty }

    // MARK: Parking

    /// Puts a candidate that is in no heap to where it belongs.
    private mutating func park(_ place: Int, _ standing: Standing, _ view: RosterView) {
        let pen = Self.pen(for: standing)
        let parked = Parked(until: standing.until ?? .distantFuture, place: place)
        pens[place] = pen
        untils[place] = parked.until
        switch pen {
        case .ready: ready.push(view.lineup.turn(at: place, view.table))
        case .waiting: waiting.push(parked)
        case .resort: resort.push(parked)
        case .probed: probed.push(parked)
        case .out: break
        }
    }

    private static func pen(for standing: Standing) -> Pen {
        switch standing.code {
        case .ok: .ready
        case .cooldownTransient: .resort
        case .probeInFlight: .probed
        default: standing.until == nil ? .out : .waiting
        }
    }

    private func top(of pen: Pen) -> Parked? {
        switch pen {
        case .waiting: waiting.top
        case .resort: resort.top
        case .probed: probed.top
        case .ready, .out: nil
        }
    }

    private mutating func dropTop(of pen: Pen) {
        switch pen {
        case .waiting: waiting.pop()
        case .resort: resort.pop()
        case .probed: probed.pop()
        case .ready, .out: break
        }
    }

    private func isLeftOver(_ parked: Parked, in pen: Pen) -> Bool {
        pens[parked.place] != pen || untils[parked.place] != parked.until
    }

    private mutating func unpark(_ place: Int, _ view: RosterView) {
        guard pens[place] != .ready else { return }
        pens[place] = .ready
        ready.push(view.lineup.turn(at: place, view.table))
    }

    /// The top of a pen, once it is sure that it still belongs there.
    private mutating func settledTop(of pen: Pen, _ view: RosterView) -> Parked? {
        while let top = top(of: pen) {
            let isLeftOver = isLeftOver(top, in: pen)
            let standing = view.standing(at: top.place)
            if !isLeftOver, standing.until == top.until, Self.pen(for: standing) == pen { return top }
            dropTop(of: pen)
            if !isLeftOver { park(top.place, standing, view) }
        }
        return nil
    }

    // MARK: Catching up with time and with the table

    private mutating func catchUp(_ view: RosterView) {
        let wakes = view.table.wakes(since: wakesHeard)
        if wakes == nil || edition != view.table.edition || view.now < latest - 1 {
            // Too much was missed, health was replaced, or the clock went back.
            self = TurnQueue(view.lineup, view.table, now: view.now)
            return
        }
        latest = view.now
        for slot in wakes ?? [] {
            if let place = view.lineup.placeOfSlot[slot] { unpark(place, view) }
        }
        wakesHeard = view.table.wakeCount
        for pen in [Pen.waiting, .resort, .probed] {
            while let top = top(of: pen), top.until <= view.now || isLeftOver(top, in: pen) {
                let isLeftOver = isLeftOver(top, in: pen)
                dropTop(of: pen)
                if !isLeftOver { unpark(top.place, view) }
            }
        }
    }
}

/// One question to a roster at one moment.
struct RosterView {
    let lineup: Lineup
    let table: HealthTable
    let ask: Ask
    let now: Date

    func standing(at place: Int) -> Standing { lineup.standing(of: lineup.seats[place], for: ask.model, table, now) }
    func isTried(_ place: Int) -> Bool { ask.tried.contains(lineup.candidates[lineup.seats[place]].id) }
}
