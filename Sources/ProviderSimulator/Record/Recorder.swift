// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Keeps the record of all requests. Invariant: every request is opened once and settled once; the totals hold also
/// when the list itself has been cut.
final class Recorder: Sendable {
    /// Requests kept in the list; a benchmark must not grow the process without bound.
    static let longestList = 10_000
    /// Labels counted by name; the rest is counted together.
    static let mostLabels = 20_000
    static let otherLabels = "(others)"

    private struct State {
        var requests: [Int: RecordedRequest] = [:]
        /// Numbers of the list in order of arrival.
        var order: [Int] = []
        var dropped = 0
        var next = 1
        var totals = RecordTotals()
        var connections = 0
        var openConnections = 0
        var isStopping = false
    }

    private let state = Mutex(State())

    // MARK: Connections

    /// - Returns: the connection's number.
    func connected() -> Int {
        state.withLock { state in
            state.connections += 1
            state.openConnections += 1
            return state.connections
        }
    }

    func disconnected() { state.withLock { $0.openConnections -= 1 } }

    /// From here on, connections that end are ended by us.
    func stopping() { state.withLock { $0.isStopping = true } }

    // MARK: Requests

    /// Enters a request that has just arrived.
    func open(_ make: (_ number: Int) -> RecordedRequest) -> RecordedRequest {
        state.withLock { state in
            let request = make(state.next)
            state.next += 1
            state.requests[request.number] = request
            state.order.append(request.number)
            state.totals.requests += 1
            state.totals.open += 1
            state.totals.change(request.label) { $0.requests += 1 }
            for item in request.contraband { state.totals.contraband[item, default: 0] += 1 }
            Self.trim(&state)
            return request
        }
    }

    /// Counts a request under what was decided for it.
    func decided(_ request: RecordedRequest, _ fault: Fault) {
        state.withLock { state in
            if state.requests[request.number] != nil { state.requests[request.number] = request }
            state.totals.faults[fault.rawValue, default: 0] += 1
            state.totals.change(request.label) { $0.faults[fault.rawValue, default: 0] += 1 }
        }
    }

    /// Shows what has become known of a request; also one that is settled already.
    func amend(_ request: RecordedRequest) {
        state.withLock { state in
            guard state.requests[request.number] != nil else { return }
            state.requests[request.number] = Self.ended(request, state)
        }
    }

    /// Ends a request: its outcome and status are final.
    func settle(_ request: RecordedRequest) {
        state.withLock { state in
            state.totals.open -= 1
            let status = request.status.map(String.init) ?? "none"
            state.totals.statuses[status, default: 0] += 1
            state.totals.change(request.label) { $0.statuses[status, default: 0] += 1 }
            if state.requests[request.number] != nil { state.requests[request.number] = Self.ended(request, state) }
        }
    }

    private static func ended(_ request: RecordedRequest, _ state: State) -> RecordedRequest {
        guard request.outcome == .cancelled, state.isStopping else { return request }
        var request = request
        request.outcome = .stopped
        request.clientLeftAfterMilliseconds = nil
        return request
    }

    // MARK: The whole

    /// Forgets everything settled; requests under way stay, so that `open` stays true.
    func reset() {
        state.withLock { state in
            state.order = state.order.filter { state.requests[$0]?.outcome == .open }
            state.requests = state.requests.filter { $0.value.outcome == .open }
            state.dropped = 0
            state.connections = state.openConnections
            let open = state.totals.open
            state.totals = RecordTotals()
            state.totals.open = open
            state.totals.requests = open
            for request in state.requests.values { state.totals.change(request.label) { $0.requests += 1 } }
        }
    }

    /// - Parameter last: how many requests to list at most.
    func record(last: Int = longestList) -> Record {
        state.withLock { state in
            let shown = state.order.suffix(last).compactMap { state.requests[$0] }
            return Record(
                requests: shown, dropped: state.dropped + state.order.count - shown.count, totals: state.totals,
                connections: state.connections, openConnections: state.openConnections)
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
