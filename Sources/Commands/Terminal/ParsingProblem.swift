// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// What ArgumentParser objects to.
///
/// Its errors are not public: they are read by reflection, and whatever is not recognised keeps the package's own words.
/// The version is exact in Package.swift, and a test holds a command line for every kind.
struct ParsingProblem {
    enum Kind {
        case help
        case unknownOption(String)
        case missingValue(option: String)
        /// A flag was given one.
        case unexpectedValue(option: String)
        case unexpectedWords([String])
        /// - `option`: nil for a word.
        case badValue(option: String?, value: String, key: String, reason: (any Error)?)
        case missingArgument(key: String)
        /// Thrown by the command itself.
        case rule(any Error)
        case other
    }

    /// From the program on down to the command that was meant.
    let types: [any ParsableCommand.Type]
    let kind: Kind

    init?(_ error: any Error) {
        let fields = Mirror(reflecting: error).children
        guard let types = fields.first(where: { $0.label == "commandStack" })?.value as? [any ParsableCommand.Type],
            let inner = fields.first(where: { $0.label == "parserError" })?.value
        else { return nil }
        self.types = types
        kind = Self.kind(inner)
    }

    private static func kind(_ error: Any) -> Kind {
        guard let found = Mirror(reflecting: error).children.first else { return .other }
        let parts = parts(found.value)
        func part(_ index: Int) -> Any { parts.indices.contains(index) ? parts[index] : () }
        switch found.label {
        case "helpRequested": return .help
        case "unknownOption": return .unknownOption(name(part(1)) ?? "")
        case "missingValueForOption": return .missingValue(option: name(part(1)) ?? "")
        case "missingValueOrUnknownCompositeOption": return .unknownOption(name(part(2)) ?? "")
        case "unexpectedValueForOption": return .unexpectedValue(option: name(part(1)) ?? "")
        case "unexpectedExtraValues":
            let pairs = found.value as? [Any] ?? Mirror(reflecting: found.value).children.map(\.value)
            return .unexpectedWords(pairs.compactMap { Self.parts($0).last as? String })
        case "noValue": return .missingArgument(key: key(found.value))
        case "unableToParseValue":
            return .badValue(
                option: name(part(1)), value: part(2) as? String ?? "", key: key(part(3)),
                reason: unwrapped(part(4)) as? any Error)
        case "userValidationError": return (unwrapped(found.value) as? any Error).map(Kind.rule) ?? .other
        case "noArguments": return kind(unwrapped(found.value) ?? ())
        default: return .other
        }
    }

    /// The members of a tuple.
    private static func parts(_ value: Any) -> [Any] { Mirror(reflecting: value).children.map(\.value) }

    private static func unwrapped(_ value: Any) -> Any? {
        let mirror = Mirror(reflecting: value)
        return mirror.displayStyle == .optional ? mirror.children.first?.value : value
    }

    /// The name of an option as it is typed.
    private static func name(_ value: Any) -> String? {
        guard let found = unwrapped(value), let spelling = Mirror(reflecting: found).children.first else { return nil }
        switch spelling.label {
        case "long": return (spelling.value as? String).map { "--\($0)" }
        case "short":
            return (parts(spelling.value).first as? Character ?? spelling.value as? Character).map { "-\($0)" }
        default: return (spelling.value as? String).map { "-\($0)" }
        }
    }

    /// The property that a value is for.
    private static func key(_ value: Any) -> String {
        let name = Mirror(reflecting: value).children.first { $0.label == "name" }?.value as? String
        // The label of a single payload makes a tuple of it.
        return name ?? parts(value).first.map(key) ?? ""
    }
}
