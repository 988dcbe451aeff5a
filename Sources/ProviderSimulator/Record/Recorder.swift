// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Keeps the record of all model requests. Invariant: every request is opened once and settled once; totals count
/// each request under the fault that was decided for it, also when the list itself has been cut.
final class Recorder: Sendable {
    /// Requests kept in the list; a benchmark must not grow the process without bound.
    static let longestList = 100_000

    private struct State {
        var requests: [Int: RecordedRequest] = [:]
        var order: [Int] = []
        var dropped = 0
        var next = 1
        var open = 0
        var labels: [String: [String: Int]] = [:]
        var faults: [String: Int] = [:]
        var contraband: [Contraband: Int] = [:]
        var total = 0
        var isStopping = false
    }

    private let state = Mutex(State())

    /// - Returns: a number to name the request by in the other calls, and in its request id.
    func open(_ make: (_ id: String) -> RecordedRequest) -> Int {
        state.withLock { state in
            let number = state.next
            state.next += 1
            state.requests[number] = make(Self.id(number))
            state.order.append(number)
            state.open += 1
            state.total += 1
            Self.trim(&state)
            return number
        }
    }

    static func id(_ number: Int) -> String {
        let digits = String(number)
        return "req_sim" + String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }

    func change(_ number: Int, _ change: (inout RecordedRequest) -> Void) {
        state.withLock { state in
            if state.requests[number] != nil { change(&state.requests[number]!) }
        }
    }

    /// Counts a request under what was decided for it.
    func decided(_ number: Int, _ ruling: Ruling) {
        state.withLock { state in
            state.requests[number]?.fault = ruling.fault
            state.labels[ruling.label, default: [:]][ruling.fault.rawValue, default: 0] += 1
            state.faults[ruling.fault.rawValue, default: 0] += 1
        }
    }

    func settle(_ number: Int, _ outcome: RecordedRequest.Outcome) {
        state.withLock { state in
            state.open -= 1
            state.requests[number]?.outcome = outcome == .cancelled && state.isStopping ? .stopped : outcome
        }
    }

    func count(_ found: [Contraband]) {
        guard !found.isEmpty else { return }
        state.withLock { state in
            for item in found { state.contraband[item, default: 0] += 1 }
        }
    }

    /// From here on, connections that end are ended by us.
    func stopping() { state.withLock { $0.isStopping = true } }

    /// Forgets everything settled; requests under way stay, so that `open` stays true.
    func reset() {
        state.withLock { state in
            var fresh = State()
            fresh.next = state.next
            fresh.open = state.open
            fresh.order = state.order.filter { state.requests[$0]?.outcome == .open }
            for number in fresh.order { fresh.requests[number] = state.requests[number] }
            fresh.total = fresh.order.count
            state = fresh
        }
    }

    var openCount: Int { state.withLock(\.open) }

    var record: Record {
        state.withLock { state in
            Record(
                requests: state.order.compactMap { state.requests[$0] }, dropped: state.dropped, open: state.open,
                total: state.total, labels: state.labels, faults: state.faults, contraband: state.contraband)
        }
    }

    private static func trim(_ state: inout State) {
        guard state.order.count >= longestList + longestList / 10 else { return }
        let surplus = state.order.count - longestList
        for number in state.order.prefix(surplus) { state.requests[number] = nil }
        state.order.removeFirst(surplus)
        state.dropped += surplus
    }
}

/// A copy of the record at one moment.
package struct Record: Hashable, Sendable {
    /// In order of arrival.
    package var requests: [RecordedRequest]
    /// Older requests that the list no longer holds.
    package var dropped: Int
    /// Model requests under way.
    package var open: Int
    /// All model requests since the start or the last reset.
    package var total: Int
    /// Requests by label, then by fault.
    package var labels: [String: [String: Int]]
    package var faults: [String: Int]
    package var contraband: [Contraband: Int]

    package var json: JSONValue {
        let byLabel = labels.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, Self.counts($0.value)) }
        let totals: JSONValue = [
            "requests": .integer(total), "labels": .object(byLabel), "faults": Self.counts(faults),
        ]
        var members: [JSONValue.Member] = [
            .init("requests", .array(requests.map(\.json))), .init("dropped", .integer(dropped)),
            .init("open", .integer(open)), .init("totals", totals),
        ]
        for item in Contraband.allCases { members.append(.init(item.rawValue, .integer(contraband[item] ?? 0))) }
        return .object(members)
    }

    private static func counts(_ counts: [String: Int]) -> JSONValue {
        .object(counts.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .integer($0.value)) })
    }
}
