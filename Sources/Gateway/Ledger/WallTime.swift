// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import NIOCore

/// Wall-clock time as the log writes it, read without Foundation's calendar.
struct WallTime: Sendable {
    var seconds: Int
    var nanoseconds: Int

    static var now: WallTime {
        let since1970 = Date().timeIntervalSince1970
        let seconds = since1970.rounded(.down)
        return WallTime(seconds: Int(seconds), nanoseconds: Int((since1970 - seconds) * 1e9))
    }

    var date: Date { Date(timeIntervalSince1970: Double(seconds) + Double(nanoseconds) / 1e9) }
}

extension ByteBuffer {
    /// `"2026-11-24T15:22:55.123Z"`, quotes included (RFC 3339, UTC, milliseconds).
    mutating func writeTimestamp(_ time: WallTime) {
        // Days to civil date: Howard Hinnant's algorithm, "chrono-Compatible Low-Level Date Algorithms".
        let days = time.seconds / 86_400 + 719_468
        let secondOfDay = time.seconds % 86_400
        let era = days / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        writeInteger(UInt8(ascii: "\""))
        writeDecimal(year, minimumDigits: 4)
        writeField("-", month)
        writeField("-", dayOfYear - (153 * shifted + 2) / 5 + 1)
        writeField("T", secondOfDay / 3600)
        writeField(":", secondOfDay / 60 % 60)
        writeField(":", secondOfDay % 60)
        writeStaticString(".")
        writeDecimal(time.nanoseconds / 1_000_000, minimumDigits: 3)
        writeStaticString("Z\"")
    }

    private mutating func writeField(_ separator: StaticString, _ number: Int) {
        writeStaticString(separator)
        writeDecimal(number, minimumDigits: 2)
    }
}
