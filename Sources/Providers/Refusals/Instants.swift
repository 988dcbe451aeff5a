// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials

extension Date {
    /// From a civil date in UTC; nil when a field is out of range.
    private init?(year: Int, month: Int, day: Int, secondOfDay: Double) {
        guard (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day), (0...86_400.999).contains(secondOfDay) else { return nil }
        // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        self.init(timeIntervalSince1970: Double(era * 146_097 + dayOfEra - 719_468) * 86_400 + secondOfDay)
    }

    /// `2026-11-24T15:22:55Z`, with fractions or an offset; a text without zone is UTC.
    package init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count, bytes[range].allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            return bytes[range].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        guard bytes.count >= 19, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] == 0x54 || bytes[10] == 0x74 || bytes[10] == 0x20,
            bytes[13] == 0x3A, bytes[16] == 0x3A, let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19), hour < 24, minute < 60, second < 61
        else { return nil }
        var at = 19
        var fraction = 0.0
        if at < bytes.count, bytes[at] == 0x2E {
            let digits = bytes[(at + 1)...].prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty else { return nil }
            fraction = Double("0." + String(decoding: digits.prefix(15), as: UTF8.self)) ?? 0
            at += 1 + digits.count
        }
        var offset = 0
        switch bytes[at...].first {
        case nil: break
        case 0x5A, 0x7A: if at + 1 != bytes.count { return nil }
        case 0x2B, 0x2D:
            guard at + 6 == bytes.count, bytes[at + 3] == 0x3A, let hours = number(at + 1..<at + 3), let minutes = number(at + 4..<at + 6) else { return nil }
            offset = (hours * 60 + minutes) * 60 * (bytes[at] == 0x2B ? 1 : -1)
        default: return nil
        }
        guard let date = Date(year: year, month: month, day: day, secondOfDay: Double(hour * 3600 + minute * 60 + second) + fraction) else { return nil }
        self = date - Double(offset)
    }

    /// The three forms of RFC 9110 §5.6.7: `Tue, 24 Nov 2026 15:22:55 GMT`, RFC 850's and asctime's.
    package init?(httpDate text: String) {
        let parts = text.split { " ,-".contains($0) }.map(String.init)
        let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        guard parts.count >= 5 else { return nil }
        // asctime: weekday, month, day, time, year.
        let isAsctime = months.contains(parts[1].lowercased())
        let (day, month, year, time) = isAsctime ? (parts[2], parts[1], parts[4], parts[3]) : (parts[1], parts[2], parts[3], parts[4])
        if !isAsctime, parts.count < 6 || parts[5].uppercased() != "GMT" { return nil }
        let clock = time.split(separator: ":").compactMap { Int($0) }
        guard let monthIndex = months.firstIndex(of: month.lowercased()), let dayNumber = Int(day), var yearNumber = Int(year), clock.count == 3,
            (0..<24).contains(clock[0]), (0..<60).contains(clock[1]), (0..<61).contains(clock[2])
        else { return nil }
        if year.count == 2 { yearNumber += yearNumber < 70 ? 2000 : 1900 }
        self.init(year: yearNumber, month: monthIndex + 1, day: dayNumber, secondOfDay: Double(clock[0] * 3600 + clock[1] * 60 + clock[2]))
    }
}

extension TimeInterval {
    /// `1s`, `6m0s`, `12ms`, `1h2m3.5s`, as OpenAI and Google write them. Nil for anything else.
    package init?(durationText text: String) {
        var total = 0.0
        var rest = text.lowercased()[...]
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let amount = TimeInterval(number: String(digits), unit: String(unit)), !unit.isEmpty else { return nil }
            total += amount
        }
        self = total
    }

    /// A number with a unit's name or letter; without one, nil.
    init?(number: String, unit: String) {
        guard let value = Double(number), value >= 0, value.isFinite else { return nil }
        switch unit {
        case "ms", "millisecond", "milliseconds": self = value / 1000
        case "s", "sec", "secs", "second", "seconds": self = value
        case "m", "min", "mins", "minute", "minutes": self = value * 60
        case "h", "hour", "hours": self = value * 3600
        case "d", "day", "days": self = value * 86_400
        default: return nil
        }
    }
}
