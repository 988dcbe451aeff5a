// SPDX-License-Identifier: Apache-2.0

/// Why a text is not JSON. `offset` counts bytes from 0.
package struct JSONFault: Error, Hashable, Sendable {
    package var offset: Int
    package var problem: String
}

/// A strict reader of JSON (RFC 8259), at most 200 levels deep.
struct JSONParser {
    private let bytes: [UInt8]
    private var offset = 0
    private static let maximumDepth = 200

    static func parse(_ bytes: [UInt8]) throws(JSONFault) -> JSONValue {
        var parser = JSONParser(bytes: bytes)
        let value = try parser.value(depth: 0)
        parser.skipBlanks()
        if parser.offset < bytes.count { throw parser.fault("there is more after the document") }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func fault(_ problem: String) -> JSONFault { JSONFault(offset: offset, problem: problem) }
    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipBlanks() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard current == byte else { return false }
        offset += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
        guard depth < Self.maximumDepth else { throw fault("nested too deeply") }
        skipBlanks()
        switch current {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ text: String, _ value: JSONValue) throws(JSONFault) -> JSONValue {
        guard bytes[offset...].starts(with: text.utf8) else { throw fault("a value was expected") }
        offset += text.utf8.count
        return value
    }

    private mutating func object(depth: Int) throws(JSONFault) -> JSONValue {
        offset += 1
        var members: [JSONValue.Member] = []
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipBlanks()
            guard current == UInt8(ascii: "\"") else { throw fault("a member name was expected") }
            let key = try string()
            guard take(UInt8(ascii: ":")) else { throw fault("a colon was expected") }
            members.append(JSONValue.Member(key, try value(depth: depth + 1)))
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw fault("a comma or } was expected") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(JSONFault) -> JSONValue {
        offset += 1
        var values: [JSONValue] = []
        if take(UInt8(ascii: "]")) { return .array(values) }
        repeat { values.append(try value(depth: depth + 1)) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw fault("a comma or ] was expected") }
        return .array(values)
    }

    private mutating func number() throws(JSONFault) -> JSONValue {
        let start = offset
        let allowed: (UInt8) -> Bool = { byte in (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte) }
        while let byte = current, allowed(byte) { offset += 1 }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        let digits = text.drop { $0 == "-" }
        let isPlain = text.first != "+" && digits.first != "." && !text.hasSuffix(".") && text.utf8.count < 400
        let hasLeadingZero = digits.count > 1 && digits.first == "0" && digits.dropFirst().first?.isNumber == true
        guard isPlain, !hasLeadingZero else { throw fault("a number was expected") }
        if let value = Int(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw fault("a value was expected") }
        return .number(value)
    }

    private mutating func string() throws(JSONFault) -> String {
        offset += 1
        var text: [UInt8] = []
        while let byte = plainRun(into: &text) {
            offset += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let valid = String(validating: text, as: UTF8.self) else { throw fault("text is not UTF-8") }
                return valid
            case UInt8(ascii: "\\"): try escape(into: &text)
            default: throw fault("a control character in a string")
            }
        }
        throw fault("a string is not closed")
    }

    /// Takes everything that stands for itself, in one piece: prompts are long.
    /// - Returns: the byte that does not.
    private mutating func plainRun(into text: inout [UInt8]) -> UInt8? {
        let start = offset
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { offset += 1 }
        text.append(contentsOf: bytes[start..<offset])
        return current
    }

    private static let simpleEscapes: [UInt8: UInt8] = [
        0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9,
    ]

    private mutating func escape(into text: inout [UInt8]) throws(JSONFault) {
        guard let byte = current else { throw fault("a string is not closed") }
        offset += 1
        if let plain = Self.simpleEscapes[byte] {
            text.append(plain)
            return
        }
        guard byte == UInt8(ascii: "u") else { throw fault("an unknown escape") }
        var value = try fourDigits()
        if (0xD800..<0xDC00).contains(value), bytes[offset...].starts(with: "\\u".utf8) {
            offset += 2
            let low = try fourDigits()
            guard (0xDC00..<0xE000).contains(low) else { throw fault("half a surrogate pair") }
            value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw fault("half a surrogate pair") }
        text.append(contentsOf: Array(String(Character(scalar)).utf8))
    }

    private mutating func fourDigits() throws(JSONFault) -> UInt32 {
        guard offset + 4 <= bytes.count, bytes[offset] != UInt8(ascii: "+"),
            let value = UInt32(String(decoding: bytes[offset..<offset + 4], as: UTF8.self), radix: 16)
        else { throw fault("four hexadecimal digits were expected") }
        offset += 4
        return value
    }
}
