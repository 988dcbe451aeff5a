// SPDX-License-Identifier: Apache-2.0
import Credentials

/// Text of a credential field with its `${NAME}` replaced by variables. `$${NAME}` stands for `${NAME}` itself.
struct ExpandedText {
    private(set) var text = ""
    /// Variables that were replaced, in the order of the text.
    private(set) var variables: [String] = []
    /// Variables that are not set.
    private(set) var missing: [String] = []
    /// There is a `${` that starts no reference; it was left as it stands.
    private(set) var hasStrayReference = false

    init(_ source: String, environment: EnvironmentLayers) {
        guard source.utf8.contains(UInt8(ascii: "$")) else {
            text = source
            return
        }
        var rest = Substring(source)
        while let dollar = rest.firstIndex(of: "$") {
            text += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$$"), let name = Self.reference(rest.dropFirst()) {
                text += "${\(name)}"
                rest = rest.dropFirst(name.count + 4)
            } else if let name = Self.reference(rest) {
                replace(name, from: environment)
                rest = rest.dropFirst(name.count + 3)
            } else {
                hasStrayReference = hasStrayReference || rest.hasPrefix("${")
                text += "$"
                rest = rest.dropFirst()
            }
        }
        text += rest
    }

    /// The text cut into its references and what stands between them.
    static func pieces(of source: String) -> [(text: String, isReference: Bool)] {
        var found: [(text: String, isReference: Bool)] = []
        var plain = ""
        var rest = Substring(source)
        while let first = rest.first {
            if rest.hasPrefix("$$"), let name = reference(rest.dropFirst()) {
                plain += rest.prefix(name.count + 4)
                rest = rest.dropFirst(name.count + 4)
            } else if let name = reference(rest) {
                if !plain.isEmpty { found.append((plain, false)) }
                plain = ""
                found.append(("${\(name)}", true))
                rest = rest.dropFirst(name.count + 3)
            } else {
                plain.append(first)
                rest = rest.dropFirst()
            }
        }
        if !plain.isEmpty { found.append((plain, false)) }
        return found
    }

    /// The text holds a `${NAME}` that a credential field would replace.
    static func refersToVariable(_ text: String) -> Bool {
        let expanded = ExpandedText(text, environment: EnvironmentLayers(process: [:]))
        return !expanded.missing.isEmpty
    }

    private mutating func replace(_ name: String, from environment: EnvironmentLayers) {
        guard let variable = environment.credential(name) else {
            missing.append(name)
            return
        }
        variables.append(name)
        text += variable.value.reveal()
    }

    /// The name in the `${NAME}` that the text starts with.
    private static func reference(_ text: Substring) -> String? {
        guard text.hasPrefix("${"), let close = text.firstIndex(of: "}") else { return nil }
        let name = text[text.index(text.startIndex, offsetBy: 2)..<close]
        return name.isReferenceName ? String(name) : nil
    }
}
