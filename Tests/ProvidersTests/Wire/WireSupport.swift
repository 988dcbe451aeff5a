// SPDX-License-Identifier: Apache-2.0

import Providers
import TestKit

/// How a text reaches a scanner.
enum Delivery {
    case whole
    case everyByte
    case cuts([Int])

    /// Every byte, and a dozen random cuttings of `count` bytes.
    static func several(count: Int, seed: UInt64) -> [Delivery] {
        var random = SeededGenerator(seed: seed)
        return [.everyByte]
            + (1...12).map { pieces in
                .cuts((0..<pieces).map { _ in Int.random(in: 0...count, using: &random) }.sorted())
            }
    }

    func pieces(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        switch self {
        case .whole: return [bytes[...]]
        case .everyByte: return bytes.indices.map { bytes[$0...$0] }
        case .cuts(let cuts):
            let edges = [0] + cuts + [bytes.count]
            return zip(edges, edges.dropFirst()).map { bytes[$0..<$1] }
        }
    }
}

/// All that a request scanner says about one body.
struct RequestReading: Equatable {
    var model: ScannedString?
    var stream: Bool?
    var fault: RequestFault?

    init(_ text: String, delivery: Delivery = .whole, maximumFields: Int = .max) {
        self.init(Array(text.utf8), delivery: delivery, maximumFields: maximumFields)
    }

    init(_ bytes: [UInt8], delivery: Delivery = .whole, maximumFields: Int = .max) {
        var scanner = RequestScanner(maximumFields: maximumFields)
        do throws(RequestFault) {
            // Each piece in memory of its own, so that reading past its end would show.
            for piece in delivery.pieces(of: bytes) { try Self.feed(Array(piece), to: &scanner) }
            try scanner.finish()
        } catch {
            fault = error
        }
        model = scanner.model
        stream = scanner.stream
    }

    static func feed(_ bytes: [UInt8], to scanner: inout RequestScanner) throws(RequestFault) {
        let result = bytes.withUnsafeBytes { raw in
            Result { () throws(RequestFault) in try scanner.feed(raw) }
        }
        try result.get()
    }
}

/// All that an event scanner says about one stream.
struct StreamReading: Equatable {
    var isMeaningful = false
    var hasOutput = false
    var isTerminal = false
    var inBandError: InBandError?
    var eventCount = 0
    var usage = TokenUsage()

    init() {}

    init(_ text: String, _ dialect: ClientDialect, delivery: Delivery = .whole) {
        self.init(Array(text.utf8), dialect, delivery: delivery)
    }

    init(_ bytes: [UInt8], _ dialect: ClientDialect, delivery: Delivery = .whole) {
        var scanner = EventScanner(dialect: dialect)
        for piece in delivery.pieces(of: bytes) { Array(piece).withUnsafeBytes { scanner.feed($0) } }
        self.init(scanner)
    }

    init(_ scanner: EventScanner) {
        isMeaningful = scanner.isMeaningful
        hasOutput = scanner.hasOutput
        isTerminal = scanner.isTerminal
        inBandError = scanner.inBandError
        eventCount = scanner.eventCount
        usage = scanner.usage
    }
}
