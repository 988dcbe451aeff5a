// SPDX-License-Identifier: Apache-2.0
import Documents

/// One option, flag or word of a command, as its help, manual page, completions and errors see it.
struct ArgumentOutline: Equatable {
    enum Kind: String { case positional, option, flag }

    /// Where the values that a shell offers come from.
    enum Completion: Equatable {
        case none, files, directories, custom
        case list([String])
    }

    var kind: Kind
    /// As typed, dashes included; none for a word.
    var names: [String]
    /// The one to name it by.
    var name: String
    var valueName: String
    var summary: String
    var defaultValue: String?
    /// The values of an enumeration.
    var values: [String]
    var isOptional: Bool
    var isRepeating: Bool
    var isShown: Bool
    var completion: Completion

    init?(_ entry: Element) {
        guard let kind = entry["kind"]?.string.flatMap(Kind.init(rawValue:)) else { return nil }
        self.kind = kind
        names = entry["names"]?.elements.map(Self.name) ?? []
        valueName = entry["valueName"]?.string ?? ""
        name = entry["preferredName"].map(Self.name) ?? "<\(valueName)>"
        summary = entry["abstract"]?.string ?? ""
        defaultValue = entry["defaultValue"]?.string
        values = entry["allValues"]?.elements.compactMap(\.string) ?? []
        isOptional = entry["isOptional"]?.boolean ?? false
        isRepeating = entry["isRepeating"]?.boolean ?? false
        isShown = entry["shouldDisplay"]?.boolean ?? true
        completion = Self.completion(entry["completionKind"])
    }

    private static func name(_ entry: Element) -> String {
        (entry["kind"]?.string == "long" ? "--" : "-") + (entry["name"]?.string ?? "")
    }

    private static func completion(_ entry: Element?) -> Completion {
        switch entry?.members.first?.key {
        case "custom": .custom
        case "file": .files
        case "directory": .directories
        case "list": .list(entry?["list"]?["values"]?.elements.compactMap(\.string) ?? [])
        default: .none
        }
    }

    /// As a list of options shows it: `-h, --help` or `--port <port>`.
    var label: String {
        if kind == .positional { return isRepeating ? "<\(valueName)> ..." : "<\(valueName)>" }
        return names.joined(separator: ", ") + (kind == .option ? " <\(valueName)>" : "")
    }

    /// As the usage line shows it.
    var synopsis: String {
        var text = kind == .positional ? "<\(valueName)>" : name + (kind == .option ? " <\(valueName)>" : "")
        if isRepeating { text += " ..." }
        return isOptional ? "[\(text)]" : text
    }

    /// What it is, with what it may be and what it is when it is left out.
    var description: String {
        var notes: [String] = []
        if !values.isEmpty { notes.append("one of " + values.joined(separator: ", ")) }
        if let defaultValue, !defaultValue.isEmpty { notes.append("default: \(defaultValue)") }
        return notes.isEmpty ? summary : "\(summary) (\(notes.joined(separator: "; ")))"
    }
}
