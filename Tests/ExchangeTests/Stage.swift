// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import NIOCore
import Providers
import Rotation

@testable import Exchange

/// A moment in the life of an exchange.
enum Stage: String, CaseIterable, Sendable {
    case collecting, routing, choosing, waitingForCooldown, connecting, uploading, waitingForHead, classifying
    case holdingStream, holdingPlain, holdingRefusal, pausing, relayingStream, relayingPlain

    /// The client has seen something of the answer.
    var isCommitted: Bool { self == .relayingStream || self == .relayingPlain }
    /// A credential was given out and is not settled.
    var hasAttempt: Bool {
        switch self {
        case .collecting, .routing, .choosing, .waitingForCooldown, .pausing: false
        default: true
        }
    }
    /// A connection is there or asked for.
    var hasUpstream: Bool { hasAttempt && self != .classifying }

    /// An exchange at this moment, with an empty log.
    func driver(limits: ExchangeLimits = .init()) -> ExchangeDriver {
        var driver = ExchangeDriver(limits: limits)
        let isPlain = self == .holdingPlain || self == .relayingPlain
        let request = isPlain ? Wire.plainRequest : Wire.request
        switch self {
        case .collecting: driver.receive(.body(Wire.bytes("{\"model\":")))
        case .routing: driver.leaveOpen(.body(request), .bodyEnd)
        case .choosing:
            driver.leaveOpen(.body(request), .bodyEnd)
            driver.leaveOpen(.routed(driver.targets))
        case .waitingForCooldown:
            driver.candidates = []
            driver.unavailability = .allCooling(until: .distantFuture, reason: .rateLimit)
            driver.opensIn = .seconds(3)
            driver.receive(.body(request), .bodyEnd)
        case .connecting: driver.receive(.body(request), .bodyEnd)
        case .uploading:
            driver.receive(.body(Wire.bytes("{\"model\":\"claude-a\",\"x\":\"")))
            driver.receive(.body(ByteBuffer(repeating: UInt8(ascii: "x"), count: 1 << 20)), .connected(reused: false))
        default: driver.receive(.body(request), .bodyEnd, .connected(reused: false))
        }
        goOn(&driver)
        _ = driver.take()
        return driver
    }

    private func goOn(_ driver: inout ExchangeDriver) {
        let refused = UpstreamAnswer(status: 429, isEventStream: false)
        switch self {
        case .classifying: driver.leaveOpen(.upstreamHead(refused), .upstreamEnd(reusable: true))
        case .holdingStream: driver.receive(.upstreamHead(Wire.stream), .upstreamBytes(Wire.start))
        case .holdingPlain: driver.receive(.upstreamHead(Wire.plain), .upstreamBytes(Wire.bytes("{\"a\":")))
        case .holdingRefusal: driver.receive(.upstreamHead(refused), .upstreamBytes(Wire.bytes("{")))
        case .pausing:
            driver.candidates = []
            driver.refusal = .serverError
            driver.receive(.upstreamHead(refused), .upstreamEnd(reusable: true))
        case .relayingStream: driver.receive(.upstreamHead(Wire.stream), .upstreamBytes(Wire.text))
        case .relayingPlain:
            driver.receive(.upstreamHead(Wire.plain), .upstreamBytes(Wire.bytes("{\"a\":\"")))
            driver.receive(.upstreamBytes(ByteBuffer(repeating: UInt8(ascii: "x"), count: 1 << 20)))
        default: break
        }
    }
}

extension ExchangeDriver {
    /// Like `receive`, but questions that come up are left open.
    mutating func leaveOpen(_ events: Exchange.Event...) {
        answersQuestions = false
        for event in events { receive(event) }
        answersQuestions = true
    }
}
