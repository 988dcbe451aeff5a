// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials

/// A civil date and time in UTC, read from some text.
private struct CivilTime {
    var year: Int
    var month: Int
    var day: Int
    var hour: Int
    var minute: Int
    /// Up to 60: a leap second.
    var second: Double

    /// Nil when a field is out of range.
    var date: Date? {
        guard (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day),
            (0..<24).contains(hour), (0..<60).contains(minute), (0..<61).contains(second)
        else { return nil }
        // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        return Date(timeIntervalSince1970: Double(days * 86_400 + hour * 3600 + minute * 60) + second)
    }
}

extension Date {
    /// `2026-11-24T15:22:55Z`, with fractions or an offset; a text without zone is UTC.
    package init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 19, bytes[4] == 0x2D, bytes[7] == 0x2D, [0x54, 0x74, 0x20].contains(bytes[10]),
            bytes[13] == 0x3A, bytes[16] == 0x3A, let year = bytes.number(0..<4), let month = bytes.number(5..<7),
            let day = bytes.number(8..<10), let hour = bytes.number(11..<13), let minute = bytes.number(14..<16),
            let second = bytes.number(17..<19)
        else { return nil }
        var at = 19
        guard let fraction = bytes.fraction(&at), let offset = bytes.offset(from: at) else { return nil }
        let time = CivilTime(
            year: year, month: month, day: day, hour: hour, minute: minute, second: Double(second) + fraction)
        guard let date = time.date else { return nil }
        self = date - Double(offset)
    }

    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    /// The three forms of RFC 9110 §5.6.7: `Tue, 24 Nov 2026 15:22:55 GMT`, RFC 850's and asctime's.
    package init?(httpDate text: String) {
        let parts = text.split { " ,-".contains($0) }.map { $0.lowercased() }
        guard parts.count >= 5 else { return nil }
        // asctime: weekday, month, day, time, year.
        let isAsctime = Self.months.contains(parts[1])
        if !isAsctime, parts.count != 6 || parts[5] != "gmt" { return nil }
        let (day, month) = isAsctime ? (parts[2], parts[1]) : (parts[1], parts[2])
        let (year, time) = isAsctime ? (parts[4], parts[3]) : (parts[3], parts[4])
        let clock = time.split(separator: ":").compactMap { Int($0) }
        guard let monthIndex = Self.months.firstIndex(of: month), let dayNumber = Int(day),
            let yearNumber = Int(year), clock.count == 3
        else { return nil }
        let century = year.count == 2 ? (yearNumber < 70 ? 2000 : 1900) : 0
        let civil = CivilTime(
            year: yearNumber + century, month: monthIndex + 1, day: dayNumber, hour: clock[0], minute: clock[1],
            second: Double(clock[2]))
        guard let date = civil.date else { return nil }
        self = date
    }
}

extension [UInt8] {
    fileprivate func number(_ range: Range<Int>) -> Int? {
        guard range.upperBound <= count, self[range].allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return self[range].reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// `.25` and the like at `at`; 0 when there is none, nil for a point alone.
    fileprivate func fraction(_ at: inout Int) -> Double? {
        guard at < count, self[at] == 0x2E else { return 0 }
        let digits = self[(at + 1)...].prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty else { return nil }
        at += 1 + digits.count
        return Double("0." + String(decoding: digits.prefix(15), as: UTF8.self))
    }

    /// Seconds east of UTC, as `Z`, `+01:00` or nothing say it; nil for anything else.
    fileprivate func offset(from at: Int) -> Int? {
        switch self[at...].first {
        case nil: return 0
        case 0x5A, 0x7A: return at + 1 == count ? 0 : nil
        case 0x2B, 0x2D:
            guard at + 6 == count, self[at + 3] == 0x3A, let hours = number(at + 1..<at + 3),
                let minutes = number(at + 4..<at + 6)
            else { return nil }
            return (hours * 60 + minutes) * 60 * (self[at] == 0x2B ? 1 : -1)
        default: return nil
        }
    }
}

extension TimeInterval {
    /// `1s`, `6m0s`, `12ms`, `1h2m3.5s`, as OpenAI and Google write them. Nil for anything else.
    package init?(durationText text: String) {
        guard let (seconds, rest) = Self.duration(at: text.lowercased()[...], blanks: false), rest.isEmpty
        else { return nil }
        self = seconds
    }

    /// The same at the start of a sentence, also spoken: `20 seconds`, `3 days 4 hours and 5 minutes`.
    init?(spokenDuration text: Substring) {
        guard let (seconds, _) = Self.duration(at: text, blanks: true) else { return nil }
        self = seconds
    }

    /// As many amounts with units as follow each other, and what follows them.
    private static func duration(at text: Substring, blanks: Bool) -> (seconds: TimeInterval, rest: Substring)? {
        var total: TimeInterval?
        var rest = text
        while true {
            var next = rest
            if blanks {
                next = next.drop { $0 == " " || $0 == "," }
                if total != nil, next.hasPrefix("and ") { next = next.dropFirst(4) }
            }
            let digits = next.prefix { ("0"..."9").contains($0) || $0 == "." }
            next = next.dropFirst(digits.count)
            if blanks { next = next.drop { $0 == " " } }
            let unit = next.prefix { $0.isLetter }
            guard let amount = TimeInterval(number: String(digits), unit: String(unit)) else { break }
            total = (total ?? 0) + amount
            rest = next.dropFirst(unit.count)
        }
        return total.map { ($0, rest) }
    }

    private init?(number: String, unit: String) {
        guard let value = Double(number), value >= 0, value.isFinite else { return nil }
        switch unit {
        case "ms", "millisecond", "milliseconds": self = value / 1000
        case "s", "sec", "secs", "second", "seconds": self = value
        case "m", "min", "mins", "minute", "minutes": self = value * 60
        case "h", "hr", "hrs", "hour", "hours": self = value * 3600
        case "d", "day", "days": self = value * 86_400
        default: return nil
        }
    }
}
