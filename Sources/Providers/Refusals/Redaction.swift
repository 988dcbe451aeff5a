// SPDX-License-Identifier: Apache-2.0
package import Credentials
import FoundationEssentials

/// Takes secrets out of texts that came from elsewhere.
package enum Redaction {
    static let mark = "[redacted]"
    /// A piece of a secret that long is a secret too: providers echo keys shortened.
    static let windowLength = 12

    /// - Returns: `text` without any of `secrets`, nor their base64 or URL-encoded forms, nor any run of 12 of their
    ///   characters.
    package static func redact(_ text: String, secrets: [Secret]) -> String {
        var out = text
        for secret in secrets {
            let plain = secret.reveal()
            if plain.isEmpty { continue }
            for form in forms(of: plain) where out.contains(form) { out = out.replacing(form, with: mark) }
            out = withoutWindows(of: plain, in: out)
        }
        return out
    }

    static func forms(of plain: String) -> [String] {
        let base64 = Data(plain.utf8).base64EncodedString()
        let urlSafe = String(base64.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }.filter { $0 != "=" })
        return [plain, base64, urlSafe, plain.percentEncoded(upper: true), plain.percentEncoded(upper: false)]
    }

    private static func withoutWindows(of plain: String, in text: String) -> String {
        let key = Array(plain.utf8)
        var bytes = Array(text.utf8)
        guard key.count > windowLength, bytes.count >= windowLength else { return text }
        var windows: Set<[UInt8]> = []
        for start in 0...(key.count - windowLength) { windows.insert(Array(key[start..<start + windowLength])) }
        var at = 0
        while at + windowLength <= bytes.count {
            if windows.contains(Array(bytes[at..<at + windowLength])) {
                var end = at + windowLength
                while end < bytes.count, windows.contains(Array(bytes[(end - windowLength + 1)...end])) { end += 1 }
                bytes.replaceSubrange(at..<end, with: Array(mark.utf8))
                at += mark.utf8.count
            } else {
                at += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension String {
    fileprivate func percentEncoded(upper: Bool) -> String {
        utf8.map { byte in
            let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte)
            if isPlain { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: upper)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}
