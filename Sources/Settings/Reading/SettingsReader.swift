// SPDX-License-Identifier: Apache-2.0
import Credentials
package import Documents

/// Takes values out of the configuration, each with its default, and notes what cannot be used.
struct SettingsReader {
    var environment: EnvironmentLayers
    private(set) var problems: [SettingsProblem] = []

    init(environment: EnvironmentLayers) { self.environment = environment }

    mutating func note(_ problem: SettingsProblem) { problems.append(problem) }

    /// As a command takes it back: a key with dots stands in quotes.
    static func join(_ path: String, _ key: String) -> String { DocumentPath.shown(key, below: path) }

    mutating func isObject(_ element: Element, at path: String) -> Bool {
        if element.kind == .object { return true }
        note(
            .init(
                .error, at: path.isEmpty ? "The configuration" : path, is: "is \(element.kind.words)",
                allowed: "an object"))
        return false
    }

    /// The object under `element`, checked for repeated keys and, where they are known, for unknown ones; nil when there
    /// is none.
    ///
    /// - Parameter isOpen: other programs keep keys here: only slips of the pen are noted.
    mutating func object(_ element: Element?, at path: String, known: [String]?, isOpen: Bool = false) -> Element? {
        guard let element, !element.isNull, isObject(element, at: path) else { return nil }
        checkKeys(of: element, at: path, known: known, isOpen: isOpen)
        return element
    }

    mutating func checkKeys(of object: Element, at path: String, known: [String]?, isOpen: Bool = false) {
        for key in object.duplicateKeys {
            note(.init(.warning, at: Self.join(path, key), is: "stands there more than once; the last one counts"))
        }
        guard let known else { return }
        var seen: Set<String> = []
        for (key, _) in object.members where !known.contains(key) && seen.insert(key).inserted {
            let near = Spelling.nearest(to: key, among: known)
            if near == nil, isOpen { continue }
            let guess = near.map { "; did you mean \($0)?" } ?? ""
            note(.init(.info, at: Self.join(path, key), is: "is not a key that has a meaning here\(guess)"))
        }
    }

    // MARK: Single values

    mutating func integer(
        _ object: Element, _ key: String, at path: String, in range: ClosedRange<Int>, default held: Int
    ) -> Int {
        guard let element = object[key], !element.isNull else { return held }
        // 1e3 and 10.0 are whole numbers too.
        let value = element.integer.map { Int($0) } ?? element.double.flatMap { Int(exactly: $0) }
        if let value, range.contains(value) { return value }
        note(
            .init(
                .error, at: Self.join(path, key),
                is: "is \(element.kind == .number ? "out of range" : element.kind.words)",
                allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)", held: String(held)))
        return held
    }

    /// - Parameter unit: the seconds of one unit of the configured number.
    mutating func duration(
        _ object: Element, _ key: String, at path: String, unit: Double = 1, in range: ClosedRange<Double>,
        default held: Duration?
    ) -> Duration? {
        guard let element = object[key], !element.isNull else { return held }
        if let value = element.double, range.contains(value) {
            return .milliseconds(Int64((value * unit * 1000).rounded()))
        }
        note(
            .init(
                .error, at: Self.join(path, key),
                is: "is \(element.kind == .number ? "out of range" : element.kind.words)",
                allowed: "a number from \(Self.shown(range.lowerBound)) to \(Self.shown(range.upperBound))",
                held: held.map { "\(Double($0.components.seconds) / unit)" }))
        return held
    }

    private static func shown(_ number: Double) -> String {
        number.rounded() == number ? String(Int(number)) : String(number)
    }

    mutating func boolean(_ object: Element, _ key: String, at path: String, default held: Bool) -> Bool {
        guard let element = object[key], !element.isNull else { return held }
        if let value = element.boolean { return value }
        note(
            .init(
                .error, at: Self.join(path, key), is: "is \(element.kind.words)", allowed: "true or false",
                held: String(held)))
        return held
    }

    /// The text without blanks around it; nil when there is none or it is blank.
    mutating func string(_ object: Element, _ key: String, at path: String, allowed: String = "text") -> String? {
        guard let element = object[key], !element.isNull else { return nil }
        guard let text = element.string else {
            note(.init(.error, at: Self.join(path, key), is: "is \(element.kind.words)", allowed: allowed))
            return nil
        }
        return text.trimmed.isEmpty ? nil : text.trimmed
    }

    mutating func strings(_ object: Element, _ key: String, at path: String) -> [String] {
        guard let element = object[key], !element.isNull else { return [] }
        return strings(element, at: Self.join(path, key))
    }

    mutating func strings(_ element: Element, at place: String) -> [String] {
        guard element.kind == .array else {
            note(.init(.error, at: place, is: "is \(element.kind.words)", allowed: "a list of texts"))
            return []
        }
        return element.elements.enumerated().compactMap { index, entry in
            if let text = entry.string?.trimmed, !text.isEmpty { return text }
            note(
                .init(
                    .error, at: "\(place)[\(index)]", is: entry.kind == .string ? "is blank" : "is \(entry.kind.words)",
                    allowed: "text"))
            return nil
        }
    }

    /// A credential: `${NAME}` is replaced here and nowhere else.
    mutating func secret(_ object: Element, _ key: String, at path: String) -> ConfiguredSecret {
        guard let source = string(object, key, at: path, allowed: "text, which may hold ${NAME}") else {
            return .absent
        }
        let place = Self.join(path, key)
        let expanded = ExpandedText(source, environment: environment)
        if expanded.hasStrayReference {
            note(
                .init(
                    .warning, at: place, is: "has a ${ that begins no reference",
                    allowed: "${NAME} with capitals, digits and _"))
        }
        guard expanded.missing.isEmpty else {
            let names = expanded.missing.joined(separator: ", ")
            note(.init(.warning, at: place, is: "refers to \(names), which is not set"))
            return .unavailable(missing: expanded.missing)
        }
        guard expanded.text.utf8.allSatisfy(\.isVisibleASCII) else {
            note(
                .init(
                    .error, at: place, is: "holds a blank, a line break or another character that no header can carry"))
            return .unavailable(missing: [])
        }
        return .present(Secret(expanded.text), variables: expanded.variables)
    }
}

extension Element.Kind {
    package var words: String {
        switch self {
        case .object: "an object"
        case .array: "a list"
        case .string: "text"
        case .number: "a number"
        case .boolean: "true or false"
        case .null: "null"
        }
    }
}
