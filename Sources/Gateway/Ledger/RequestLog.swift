// SPDX-License-Identifier: Apache-2.0
import Credentials
import Exchange
import NIOCore
import NIOPosix
import Providers
import Rotation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// One JSON line per request on standard error. Lines are gathered per event loop and written by one thread, so that a
/// slow reader of the log never slows a request; what does not fit is dropped and counted.
package final class RequestLog: Sendable {
    private let descriptor: Int32
    private let writer: NIOThreadPool
    private let waitingBytes = Atomic<Int>(0)
    private let dropped = Atomic<Int>(0)
    private let isClosing = Atomic<Bool>(false)
    private static let maximumWaitingBytes = 8 << 20

    package init(descriptor: Int32 = STDERR_FILENO) {
        self.descriptor = descriptor
        writer = NIOThreadPool(numberOfThreads: 1)
        writer.start()
    }

    /// Lines lost because the reader of the log was too slow.
    package var droppedLines: Int { dropped.load(ordering: .relaxed) }

    /// - Parameter lines: whole lines, each ending in a line feed.
    func write(_ lines: ByteBuffer, count: Int) {
        let size = lines.readableBytes
        if waitingBytes.load(ordering: .relaxed) > Self.maximumWaitingBytes {
            dropped.add(count, ordering: .relaxed)
            return
        }
        waitingBytes.add(size, ordering: .relaxed)
        writer.submit { _ in
            lines.withUnsafeReadableBytes { self.writeAll($0) }
            self.waitingBytes.subtract(size, ordering: .releasing)
        }
    }

    /// An event of the gateway itself, such as `listening`: written at once.
    package func event(_ name: String, _ fields: [(String, LogValue)] = []) {
        var line = ByteBuffer()
        line.writeStaticString("{\"time\":")
        line.writeTimestamp(.now)
        line.writeStaticString(",\"event\":")
        line.writeJSONString(name)
        for (key, value) in fields {
            line.writeStaticString(",")
            line.writeJSONString(key)
            line.writeStaticString(":")
            switch value {
            case .text(let text): line.writeJSONString(text)
            case .number(let number): line.writeString(String(number))
            }
        }
        line.writeStaticString("}\n")
        write(line, count: 1)
    }

    /// Writes what is left, as far as somebody reads it, then stops.
    package func close() {
        isClosing.store(true, ordering: .relaxed)
        // A pool that stops hands what is queued to another thread, and does not wait for that one.
        var waited = 0
        while waitingBytes.load(ordering: .acquiring) > 0, waited < Self.patienceMilliseconds {
            usleep(1000)
            waited += 1
        }
        // A second close is harmless: the pool is stopped then.
        try? writer.syncShutdownGracefully()
    }

    private func writeAll(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        while !rest.isEmpty {
            guard awaitRoom() else { return }
            let count = Glibc.write(descriptor, rest.baseAddress, min(rest.count, Self.pieceBytes))
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if errno != EINTR {
                return  // Nobody reads any more; a log is not worth an exit.
            }
        }
    }

    /// A pipe that is ready takes this much without blocking (`PIPE_BUF`).
    private static let pieceBytes = 4096
    private static let pollMilliseconds: Int32 = 250
    private static let patienceMilliseconds = 2000

    /// Blocks until the reader of the log has made room.
    ///
    /// - Returns: false when the gateway ends and there is none: a stalled reader must not keep it from that.
    private func awaitRoom() -> Bool {
        while true {
            let isLast = isClosing.load(ordering: .relaxed)
            var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            // Anything but "not ready" is for the write to find out.
            if poll(&polled, 1, Self.pollMilliseconds) != 0 { return true }
            if isLast { return false }
        }
    }
}

package enum LogValue: Sendable {
    case text(String)
    case number(Int)
}

/// What the log says of one request.
struct RequestRecord {
    var id: ByteBuffer
    var client: String
    var route: String
    var model: String?
    var provider: String?
    var profile: String?
    var attempts: Int
    var status: Int
    var code: String?
    var bytesIn: Int
    var bytesOut: Int
    var firstToken: TimeAmount?
    var duration: TimeAmount
    var end: String
    /// Why nobody served it, when it was about credentials or their providers.
    var failure: FailureReport?
    /// What was probably meant by a model that its provider does not have.
    var guess: String?
    /// What is doubtful about the address at which nothing was found.
    var hint: String?

    /// A request that got no further than the front door.
    static func refused(id: ByteBuffer, code: String, status: Int, bytesOut: Int) -> RequestRecord {
        RequestRecord(
            id: id, client: "unknown", route: "refused", model: nil, provider: nil, profile: nil, attempts: 0,
            status: status,
            code: code, bytesIn: 0, bytesOut: bytesOut, firstToken: nil, duration: .zero, end: "refused")
    }
}

extension ByteBuffer {
    /// One line of the request log; the keys are those of the documentation, always in the same order.
    mutating func writeLogLine(_ record: RequestRecord, at time: WallTime) {
        writeStaticString("{\"time\":")
        writeTimestamp(time)
        writeStaticString(",\"id\":\"")
        writeImmutableBuffer(record.id)
        writeStaticString("\",\"client\":")
        writeJSONString(record.client)
        writeStaticString(",\"route\":")
        writeJSONString(record.route)
        writeOptional(",\"model\":", record.model)
        writeOptional(",\"provider\":", record.provider)
        writeOptional(",\"profile\":", record.profile)
        writeStaticString(",\"attempts\":")
        writeDecimal(record.attempts)
        writeStaticString(",\"status\":")
        writeDecimal(record.status)
        writeOptional(",\"code\":", record.code)
        writeStaticString(",\"bytesIn\":")
        writeDecimal(record.bytesIn)
        writeStaticString(",\"bytesOut\":")
        writeDecimal(record.bytesOut)
        writeStaticString(",\"firstTokenMs\":")
        if let firstToken = record.firstToken { writeMilliseconds(firstToken) } else { writeStaticString("null") }
        writeStaticString(",\"ms\":")
        writeMilliseconds(record.duration)
        writeStaticString(",\"end\":\"")
        writeString(record.end)
        writeStaticString("\"")
        if let failure = record.failure { write(failure) }
        if let guess = record.guess { writeOptional(",\"didYouMean\":", guess) }
        if let hint = record.hint { writeOptional(",\"hint\":", hint) }
        writeStaticString("}\n")
    }

    /// The last refusal, or what is held against the credentials: for whoever looks into a failed request.
    private mutating func write(_ failure: FailureReport) {
        let sentence = failure.sentence
        writeStaticString(",\"failure\":{\"reason\":")
        writeJSONString(sentence.reason.rawValue)
        writeOptional(",\"provider\":", sentence.provider.text)
        writeOptional(",\"model\":", failure.target.model)
        writeOptional(",\"profileId\":", sentence.credential?.id.text)
        writeStaticString(",\"status\":")
        if let status = sentence.status { writeDecimal(status) } else { writeStaticString("null") }
        writeStaticString(",\"retryAt\":")
        if let until = sentence.until { writeDecimal(Int(until.milliseconds)) } else { writeStaticString("null") }
        writeOptional(",\"requestId\":", sentence.requestID)
        if let cause = failure.cause { writeOptional(",\"cause\":", cause) }
        writeStaticString("}")
    }

    private mutating func writeOptional(_ key: StaticString, _ text: String?) {
        writeStaticString(key)
        if let text { writeJSONString(text) } else { writeStaticString("null") }
    }

    private mutating func writeMilliseconds(_ amount: TimeAmount) {
        let micros = max(0, amount.nanoseconds / 1000)
        writeDecimal(Int(micros / 1000))
        writeStaticString(".")
        writeDecimal(Int(micros % 1000), minimumDigits: 3)
    }

    /// Digits without a `String` between.
    mutating func writeDecimal(_ number: Int, minimumDigits: Int = 1) {
        if number < 0 { writeInteger(UInt8(ascii: "-")) }
        var magnitude = number.magnitude
        var digits = InlineDigits()
        repeat {
            digits.push(UInt8(ascii: "0") + UInt8(magnitude % 10))
            magnitude /= 10
        } while magnitude > 0 || digits.count < minimumDigits
        while let digit = digits.pop() { writeInteger(digit) }
    }
}

/// Up to 20 digits, last one first.
private struct InlineDigits {
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    private var top: UInt64 = 0
    private(set) var count = 0

    mutating func push(_ digit: UInt8) {
        top = top << 8 | high >> 56
        high = high << 8 | low >> 56
        low = low << 8 | UInt64(digit)
        count += 1
    }

    mutating func pop() -> UInt8? {
        guard count > 0 else { return nil }
        count -= 1
        let digit = UInt8(truncatingIfNeeded: low)
        low = low >> 8 | high << 56
        high = high >> 8 | top << 56
        top >>= 8
        return digit
    }
}
