// SPDX-License-Identifier: Apache-2.0
package import Credentials
import FoundationEssentials

/// Takes secrets out of texts that came from elsewhere.
package enum Redaction {
    static let mark = "[redacted]"
    /// A piece of a secret that long is a secret too: providers echo keys shortened.
    static let windowLength = 12

    /// - Parameter length: how many characters of a secret are a secret too.
    /// - Returns: `text` without any of `secrets`, nor their base64 or URL-encoded forms, nor any run of so many of
    ///   their characters. Compared byte by byte: no accent behind a secret hides it.
    package static func redact(_ text: String, secrets: [Secret], piecesOf length: Int = windowLength) -> String {
        var bytes = Array(text.utf8)
        var isChanged = false
        for secret in secrets {
            let plain = secret.reveal()
            if plain.isEmpty { continue }
            for form in forms(of: plain) where withoutPieces(of: Array(form.utf8), length, in: &bytes) {
                isChanged = true
            }
        }
        return isChanged ? String(decoding: bytes, as: UTF8.self) : text
    }

    static func forms(of plain: String) -> [String] {
        let base64 = Data(plain.utf8).base64EncodedString()
        let urlSafe = String(base64.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }.filter { $0 != "=" })
        let all = [
            plain, base64, urlSafe, plain.percentEncoded(upper: true), plain.percentEncoded(upper: false),
            String(plain.flatMap { $0 == "/" ? "\\/" : "\($0)" }),
        ]
        var seen: Set<String> = []
        return all.filter { seen.insert($0).inserted }
    }

    /// Takes out every run of `length` bytes of `secret`, or all of a shorter one.
    ///
    /// - Returns: whether there was any.
    private static func withoutPieces(of secret: [UInt8], _ wanted: Int, in bytes: inout [UInt8]) -> Bool {
        let length = min(wanted, secret.count)
        guard bytes.count >= length else { return false }
        var places: [UInt8: [Int]] = [:]
        for start in 0...(secret.count - length) { places[secret[start], default: []].append(start) }
        var kept: [UInt8] = []
        var at = 0
        while at < bytes.count {
            let run = longestRun(of: secret, at: at, in: bytes, places)
            if run >= length {
                kept += mark.utf8
                at += run
            } else {
                kept.append(bytes[at])
                at += 1
            }
        }
        defer { bytes = kept }
        return kept.count != bytes.count || kept != bytes
    }

    /// How many bytes at `at` are a piece of the secret.
    private static func longestRun(of secret: [UInt8], at: Int, in bytes: [UInt8], _ places: [UInt8: [Int]]) -> Int {
        var longest = 0
        for start in places[bytes[at]] ?? [] {
            var length = 0
            while start + length < secret.count, at + length < bytes.count,
                secret[start + length] == bytes[at + length]
            {
                length += 1
            }
            longest = max(longest, length)
        }
        return longest
    }
}

extension String {
    fileprivate func percentEncoded(upper: Bool) -> String {
        utf8.map { byte in
            if Self.isUnreserved(byte) { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: upper)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
