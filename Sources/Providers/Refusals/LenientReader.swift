// SPDX-License-Identifier: Apache-2.0

/// Walks JSON and gives every text and number with its names, ending without complaint where the text ends or stops
/// being JSON.
struct LenientReader {
    private static let depthLimit = 16
    private static let memberLimit = 512

    private let bytes: [UInt8]
    private var at: Int
    /// One name for each open container: that of the member being read, or nothing inside an array.
    private var path: [String] = []
    private var isObject: [Bool] = []
    private var expectsName = false
    private var members = 0

    init(_ bytes: [UInt8], at: Int) {
        self.bytes = bytes
        self.at = at
    }

    mutating func next() -> (path: [String], text: String)? {
        while at < bytes.count, members < Self.memberLimit {
            switch bytes[at] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard open() else { return nil }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard !path.isEmpty else { return nil }
                path.removeLast()
                isObject.removeLast()
                expectsName = false
                at += 1
            case UInt8(ascii: ","):
                expectsName = isObject.last ?? false
                at += 1
            case UInt8(ascii: "\""):
                let text = string()
                guard expectsName else { return member(text) }
                path[path.count - 1] = text
                expectsName = false
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return member(number())
            default: at += 1
            }
        }
        return nil
    }

    private mutating func open() -> Bool {
        guard path.count < Self.depthLimit else { return false }
        isObject.append(bytes[at] == UInt8(ascii: "{"))
        expectsName = isObject.last ?? false
        path.append("")
        at += 1
        return true
    }

    private mutating func member(_ text: String) -> (path: [String], text: String) {
        members += 1
        return (path, text)
    }

    private mutating func number() -> String {
        let start = at
        while at < bytes.count, Self.isPartOfNumber(bytes[at]) { at += 1 }
        return String(decoding: bytes[start..<at].prefix(32), as: UTF8.self)
    }

    private static func isPartOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    /// At most `ErrorBody.textLimit` bytes of a string, up to its end or the body's.
    private mutating func string() -> String {
        var out: [UInt8] = []
        at += 1
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if byte == UInt8(ascii: "\"") { break }
            let piece = byte == UInt8(ascii: "\\") && at < bytes.count ? escaped() : [byte]
            if out.count + piece.count <= ErrorBody.textLimit { out += piece }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// What the escape stands for whose second byte is under the cursor.
    private mutating func escaped() -> [UInt8] {
        let escape = bytes[at]
        at += 1
        switch escape {
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "b"), UInt8(ascii: "f"): return [0x20]
        case UInt8(ascii: "u"):
            let digits = bytes[at..<min(at + 4, bytes.count)]
            at += digits.count
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
            return value.flatMap { Unicode.Scalar($0) }.map { Array(String($0).utf8) } ?? []
        default: return [escape]
        }
    }
}
