// SPDX-License-Identifier: Apache-2.0
import Credentials
import NIOCore
import Providers
import Rotation
import TestKit
import Testing

@testable import Exchange

@Suite struct UploadTests {
    private static let start = "{\"model\":\"claude-a\",\"x\":\""
    private static let piece = ByteBuffer(repeating: UInt8(ascii: "x"), count: 64 << 10)

    /// An upload of many MiB: what the upstream was handed, and how far the client got.
    private func upload(mebibytes: Int, isWritable: Bool) -> (driver: ExchangeDriver, read: Int) {
        var driver = ExchangeDriver()
        driver.receive(.body(Wire.bytes(Self.start)))
        var read = 0
        while driver.exchange.wantsClientBytes, read < mebibytes << 20 {
            driver.receive(.body(Self.piece))
            read += Self.piece.readableBytes
            if driver.exchange.isConnecting { driver.receive(.connected(reused: false)) }
            while isWritable, driver.exchange.hasUnsentBytes { driver.receive(.upstreamWritable) }
        }
        return (driver, read)
    }

    @Test func `an upstream that does not read stops the client, and costs little`() {
        let (driver, read) = upload(mebibytes: 30, isWritable: false)
        #expect(driver.sent.readableBytes <= 320 << 10, "handed over: \(driver.sent.readableBytes)")
        #expect(read <= (2 << 20) + (256 << 10), "read: \(read)")
        #expect(driver.exchange.hasUnsentBytes)
    }

    @Test func `one that reads gets all of it`() {
        var (driver, read) = upload(mebibytes: 30, isWritable: true)
        #expect(read == 30 << 20)
        driver.receive(.body(Wire.bytes("\"}")), .bodyEnd, .upstreamWritable)
        #expect(driver.take().last == "sent")
        #expect(driver.sent.readableBytes == Self.start.utf8.count + read + 2)
    }

    @Test func `a second attempt sends the body from its beginning, while it still arrives`() {
        var (driver, _) = upload(mebibytes: 3, isWritable: true)
        driver.receive(.upstreamHead(.init(status: 429, isEventStream: false)), .upstreamEnd(reusable: true))
        driver.receive(.connected(reused: false))
        while driver.exchange.hasUnsentBytes { driver.receive(.upstreamWritable) }
        driver.receive(.body(Wire.bytes("\"}")), .bodyEnd, .upstreamWritable)
        #expect(driver.sent.readableBytes == Self.start.utf8.count + (3 << 20) + 2)
        #expect(driver.exchange.attempts == 2)
    }

    @Test func `a connection over which the request was not sent whole is not used again`() {
        var (driver, _) = upload(mebibytes: 2, isWritable: true)
        _ = driver.take()
        driver.refusal = .clientFault
        driver.receive(.upstreamHead(.init(status: 413, isEventStream: false)), .upstreamEnd(reusable: true))
        #expect(driver.take() == ["drop", "classify 413", "neutral", "refusal 413"])
    }

    @Test func `an answer may come before the request is whole`() {
        var (driver, _) = upload(mebibytes: 2, isWritable: true)
        _ = driver.take()
        driver.receive(.upstreamHead(Wire.stream), .upstreamBytes(Wire.text))
        driver.receive(.body(Wire.bytes("\"}")), .bodyEnd, .upstreamWritable)
        #expect(driver.take().suffix(1) == ["sent"])
        driver.receive(.upstreamBytes(Wire.stop), .upstreamEnd(reusable: true))
        #expect(driver.take().suffix(2) == ["keep", "end"])
    }

    @Test(arguments: ["\",\"model\":\"b\"}", "\"}{", "\"]"])
    func `a fault that shows late stops the request: the upstream never gets its end`(text: String) {
        var (driver, _) = upload(mebibytes: 2, isWritable: true)
        driver.receive(.body(Wire.bytes(text)), .bodyEnd)
        let log = driver.take()
        #expect(log.suffix(3).prefix(2) == ["neutral", "drop"] && !log.contains("sent"))
        #expect(driver.fault?.code == (text.contains("model") ? .duplicateField : .invalidJSON))
    }

    @Test func `a model that is named last is waited for`() {
        var driver = ExchangeDriver()
        driver.receive(.body(Wire.bytes("{\"x\":\"")))
        for _ in 0..<40 { driver.receive(.body(Self.piece)) }
        #expect(driver.take() == [] && driver.exchange.wantsClientBytes)
        driver.receive(.body(Wire.bytes("\",\"model\":\"claude-z\"}")), .bodyEnd)
        #expect(driver.take().first == "route claude-z")
    }

    @Test func `a body beyond the limit is refused, announced or not`() {
        var limits = ExchangeLimits()
        limits.maximumBodyBytes = 1000
        let words = [1000, 1001].map { declared in
            var exchange = Exchange(endpoint: .messages, declaredBytes: declared, limits: limits, at: .now())
            return exchange.nextAction()?.word
        }
        #expect(words == [nil, "error body_too_large"])
        var driver = ExchangeDriver(limits: limits)
        driver.receive(.body(ByteBuffer(repeating: 0x20, count: 1000)))
        #expect(driver.take() == [])
        driver.receive(.body(ByteBuffer(repeating: 0x20, count: 1)))
        #expect(driver.take() == ["error body_too_large"])
    }

    @Test func `a slow client is cut at the least rate, a slow upstream does not make it slow`() {
        var driver = ExchangeDriver()
        driver.receive(.body(Wire.bytes("{")))
        for _ in 0..<9 {
            driver.pass(.seconds(1))
            driver.receive(.body(Wire.bytes(" ")))
        }
        driver.pass(.seconds(2))
        #expect(driver.fault?.code == .tooSlow)
        var steady = ExchangeDriver()
        steady.receive(.body(Wire.bytes("{")))
        for _ in 0..<100 {
            steady.pass(.seconds(1))
            steady.receive(.body(ByteBuffer(repeating: 0x20, count: 1024)))
        }
        #expect(!steady.exchange.isFinished)
        var (blocked, _) = upload(mebibytes: 30, isWritable: false)
        blocked.pass(.seconds(299))
        #expect(blocked.fault == nil)
        _ = blocked.take()
        blocked.pass(.seconds(2))
        #expect(blocked.take().prefix(2) == ["drop", "failure timeout"])
    }

    @Test func `the length is announced when it is known`() {
        var driver = ExchangeDriver()
        driver.exchange = Exchange(endpoint: .messages, declaredBytes: 5 << 20, limits: .init(), at: driver.now)
        driver.targets = [Target(provider: .anthropic, model: "longer-than-before")]
        driver.receive(.body(Wire.bytes(Self.start)), .body(ByteBuffer(repeating: 0x78, count: 1 << 20)))
        driver.receive(.connected(reused: false))
        let growth = "longer-than-before".utf8.count - "claude-a".utf8.count
        #expect(driver.take().contains("head \((5 << 20) + growth)"))
    }
}

@Suite struct RequestBodyTests {
    /// All that is sent of a body that arrives in pieces.
    private func sent(_ text: String, cuts: [Int], model: String) throws -> String {
        var body = RequestBody(maximumDepth: 200)
        let bytes = Array(text.utf8)
        let edges = [0] + cuts + [bytes.count]
        for (from, to) in zip(edges, edges.dropFirst()) { try body.append(ByteBuffer(bytes: bytes[from..<to])) }
        try body.complete()
        let replacement = body.replacement(forModel: model)
        var cursor = RequestBody.Cursor()
        var out = ByteBuffer()
        while let piece = body.nextPiece(&cursor, with: replacement) { out.writeImmutableBuffer(piece) }
        #expect(out.readableBytes == RequestBody.length(ofOriginal: bytes.count, with: replacement))
        return String(buffer: out)
    }

    @Test func `only the model's name changes, wherever the body is cut`() throws {
        let text = #"{"a":[1.0,1e2],"model" : "x\/y" , "z":"\u00e9/"}"#
        for first in 0...text.utf8.count {
            for second in first...text.utf8.count {
                let same = try sent(text, cuts: [first, second], model: "x/y")
                #expect(same == text, "a name that is written otherwise and means the same stays as it is")
                let other = try sent(text, cuts: [first, second], model: "new \"one\"\n\\é")
                #expect(other == #"{"a":[1.0,1e2],"model" : "new \"one\"\u000a\\é" , "z":"\u00e9/"}"#)
            }
        }
    }

    @Test func `random bodies survive random cuts`() throws {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<300 {
            let fill = String(
                (0..<Int.random(in: 0...40, using: &random)).map { _ in random.pick(Array("ab é\u{1F600}")) })
            let text = "{\"p\":\"\(fill)\",\"model\":\"m\",\"q\":\"\(fill)\"}"
            let cuts = (0..<6).map { _ in Int.random(in: 0...text.utf8.count, using: &random) }.sorted()
            #expect(try sent(text, cuts: cuts, model: "m") == text)
            #expect(
                try sent(text, cuts: cuts, model: "other")
                    == "{\"p\":\"\(fill)\",\"model\":\"other\",\"q\":\"\(fill)\"}")
        }
    }

    @Test func `a small slice does not keep a large buffer alive`() throws {
        var body = RequestBody(maximumDepth: 200)
        var large = ByteBuffer(repeating: 0x20, count: 1 << 20)
        let slice = large.readSlice(length: 100)
        try body.append(try #require(slice))
        var cursor = RequestBody.Cursor()
        let kept = body.nextPiece(&cursor, with: nil)
        #expect(try #require(kept).storageCapacity <= 4096)
    }
}
