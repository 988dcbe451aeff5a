// SPDX-License-Identifier: Apache-2.0

/// Where a credential's secret rests, when it is not in the store itself: `keyRef` and `tokenRef`.
package struct SecretReference: Hashable, Sendable, CustomStringConvertible {
    package enum Source: String, Sendable, CaseIterable {
        /// A variable.
        case env
        /// A private file, or one value of a private JSON file.
        case file
        /// What a program answers.
        case exec
    }

    package let source: Source
    /// Names an entry of `secrets.providers`; `default` needs none for variables and for files named by their path.
    package let provider: String
    /// The variable, the place in the file or its path, or what the program is asked for.
    package let id: String
    package static let defaultProvider = "default"
    /// The id that stands for the whole text of a file.
    package static let wholeFile = "value"

    /// - Returns: nil when the provider or the id cannot be one of that source.
    package init?(source: Source, provider: String = defaultProvider, id: String) {
        guard Self.isProviderName(provider), Self.isID(id, of: source) else { return nil }
        self.source = source
        self.provider = provider
        self.id = id
    }

    /// As it is typed: `env:NAME`, `file:/absolute/path`, `file:PROVIDER`, `file:PROVIDER:/pointer`, `exec:PROVIDER:ID`.
    package init?(_ text: String) {
        guard let (word, rest) = Self.cut(text), let source = Source(rawValue: word) else { return nil }
        if source == .env || rest.hasPrefix("/") {
            self.init(source: source, id: rest)
        } else if let (provider, id) = Self.cut(rest) {
            self.init(source: source, provider: provider, id: id)
        } else {
            guard source == .file else { return nil }
            self.init(source: source, provider: rest, id: Self.wholeFile)
        }
    }

    /// At the first colon.
    private static func cut(_ text: String) -> (String, String)? {
        text.firstIndex(of: ":").map { (String(text[..<$0]), String(text[text.index(after: $0)...])) }
    }

    package var description: String {
        if provider == Self.defaultProvider, source != .exec { return "\(source.rawValue):\(id)" }
        if source == .file, id == Self.wholeFile { return "file:\(provider)" }
        return "\(source.rawValue):\(provider):\(id)"
    }

    /// How another secret takes the place of the one it leads to: a sentence without its full stop. Never with a command
    /// that would put one into the store instead.
    package var replacement: String {
        switch source {
        case .env:
            "Replace it where it rests: agenticflow-enterprise env set \(id) (where it is from: agenticflow-enterprise env list)"
        case .file where provider == Self.defaultProvider: "Replace it where it rests, in \(id.shellWord)"
        case .file, .exec: "Replace it where \(self) leads to (secrets.providers.\(provider))"
        }
    }

    /// `[a-z][a-z0-9_-]{0,63}`
    package static func isProviderName(_ text: String) -> Bool {
        guard let first = text.utf8.first, first.isLowerLetter, text.utf8.count <= 64 else { return false }
        return text.utf8.allSatisfy { $0.isLowerLetter || $0.isDigit || $0.isOne(of: "_-") }
    }

    private static func isID(_ text: String, of source: Source) -> Bool {
        guard let first = text.utf8.first else { return false }
        switch source {
        case .env:
            return text.utf8.count <= 128 && first.isUpperLetter
                && text.utf8.allSatisfy { $0.isUpperLetter || $0.isDigit || $0.isOne(of: "_") }
        case .file:
            if text == wholeFile { return true }
            return first == UInt8(ascii: "/") && text.utf8.count <= 1024
                && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        case .exec:
            return text.utf8.count <= 256 && (first.isLowerLetter || first.isUpperLetter || first.isDigit)
                && text.utf8.allSatisfy { $0.isLowerLetter || $0.isUpperLetter || $0.isDigit || $0.isOne(of: "._:/-") }
        }
    }
}

extension UInt8 {
    fileprivate var isLowerLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
    fileprivate var isUpperLetter: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate func isOne(of marks: StaticString) -> Bool {
        marks.withUTF8Buffer { $0.contains(self) }
    }
}
