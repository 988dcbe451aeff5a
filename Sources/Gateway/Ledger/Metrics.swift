// SPDX-License-Identifier: Apache-2.0
import Exchange
import NIOCore
import Providers

/// Counters of one event loop: never shared, added up when somebody asks. Label values come from fixed or configured
/// sets only, so that no client can grow them.
struct Metrics: Sendable {
    struct RequestKey: Hashable, Sendable {
        var route: String
        var status: Int
    }

    struct AttemptKey: Hashable, Sendable {
        var provider: String
        var outcome: String
    }

    private(set) var requests: [RequestKey: Int] = [:]
    private(set) var attempts: [AttemptKey: Int] = [:]
    private(set) var requestSeconds = Histogram()
    private(set) var firstTokenSeconds = Histogram()
    var openStreams = 0
    private(set) var tokens = TokenUsage()

    mutating func countRequest(route: String, status: Int, duration: TimeAmount, firstToken: TimeAmount?) {
        requests[RequestKey(route: route, status: status), default: 0] += 1
        requestSeconds.observe(duration)
        if let firstToken { firstTokenSeconds.observe(firstToken) }
    }

    mutating func countAttempt(provider: String, outcome: String) {
        attempts[AttemptKey(provider: provider, outcome: outcome), default: 0] += 1
    }

    mutating func count(_ usage: TokenUsage) {
        tokens.input += usage.input
        tokens.output += usage.output
        tokens.cacheRead += usage.cacheRead
        tokens.cacheWrite += usage.cacheWrite
    }

    mutating func add(_ other: Metrics) {
        requests.merge(other.requests, uniquingKeysWith: +)
        attempts.merge(other.attempts, uniquingKeysWith: +)
        requestSeconds.add(other.requestSeconds)
        firstTokenSeconds.add(other.firstTokenSeconds)
        openStreams += other.openStreams
        count(other.tokens)
    }
}

/// Durations in buckets that double from 1 ms to 131 s.
struct Histogram: Sendable {
    static let boundsMilliseconds = (0..<18).map { 1 << $0 }
    private(set) var counts = [Int](repeating: 0, count: boundsMilliseconds.count + 1)
    private(set) var sumNanoseconds = 0
    private(set) var total = 0

    mutating func observe(_ amount: TimeAmount) {
        let milliseconds = max(0, Int(amount.nanoseconds) - 1) / 1_000_000
        // The bucket whose bound is the next power of two above.
        let index = milliseconds == 0 ? 0 : min(Int.bitWidth - milliseconds.leadingZeroBitCount, counts.count - 1)
        counts[index] += 1
        sumNanoseconds += Int(amount.nanoseconds)
        total += 1
    }

    mutating func add(_ other: Histogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
        sumNanoseconds += other.sumNanoseconds
        total += other.total
    }
}
