// SPDX-License-Identifier: Apache-2.0

extension String {
    /// Whether the text holds another, byte for byte. Runs on every field of every request, so it goes by bytes and not
    /// by characters as the standard library's search does.
    func holds(_ text: String) -> Bool {
        var text = text
        var own = self
        return own.withUTF8 { own in
            text.withUTF8 { text in Self.find(text, in: own) }
        }
    }

    private static func find(_ text: UnsafeBufferPointer<UInt8>, in own: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = text.first else { return true }
        guard own.count >= text.count else { return false }
        for start in 0...(own.count - text.count) where own[start] == first {
            if (1..<text.count).allSatisfy({ own[start + $0] == text[$0] }) { return true }
        }
        return false
    }
}
