// SPDX-License-Identifier: Apache-2.0
package import Credentials

/// The places variables come from, in the order in which they are asked. Nothing overwrites a variable that is set;
/// one that holds nothing but blanks counts as unset.
package struct EnvironmentLayers: Hashable, Sendable {
    /// One place. A lower raw value wins.
    package enum Layer: Int, Sendable, CaseIterable, Comparable {
        case process
        /// `.env` in the working directory, without whatever a cloned repository must not decide.
        case workingDirectory
        /// `<state>/.env`.
        case stateDotEnv
        /// `env.vars` of the configuration.
        case config
        /// Asked from a login shell, when `env.shellEnv` says so.
        case shell

        package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

        /// As every JSON of ours names it.
        package var name: String {
            switch self {
            case .process: "process"
            case .workingDirectory: "workingDirectory"
            case .stateDotEnv: "stateDotEnv"
            case .config: "config"
            case .shell: "shell"
            }
        }
    }

    /// One variable as the program sees it.
    package struct Variable: Hashable, Sendable {
        package var value: Secret
        /// Where the value is from.
        package var layer: Layer
        /// Later layers that set it too, without effect.
        package var shadows: [Layer]
        /// Those of `shadows` with another value: an edit there would do nothing.
        package var contradicts: [Layer]
    }

    private var layers: [Layer: [String: Secret]] = [:]
    /// The names that are one of several keys, such as `OPENAI_API_KEY_2`: few among all, and looked for once per provider.
    private var keyFamilyNames: Set<String> = []

    /// - Parameters:
    ///   - process: the process environment.
    ///   - stateDotEnv: what `<state>/.env` sets.
    package init(process: [String: String], stateDotEnv: [String: Secret] = [:]) {
        put(process.mapValues { Secret($0) }, as: .process)
        put(stateDotEnv, as: .stateDotEnv)
    }

    private mutating func put(_ variables: [String: Secret], as layer: Layer) {
        layers[layer] = variables
        keyFamilyNames = Set(
            layers.values.joined().lazy.filter { Self.isOneOfSeveral($0.key) && !$0.value.isBlank }.map(\.key))
    }

    /// With one more layer, or another one in the place of its kind. For the working directory's file use
    /// ``adding(workingDirectory:credentialVariables:)``.
    package func adding(_ variables: [String: Secret], as layer: Layer) -> EnvironmentLayers {
        var copy = self
        copy.put(variables, as: layer)
        return copy
    }

    /// Takes from a working directory's `.env` what cannot supply or redirect credentials: a cloned repository may
    /// bring such a file along.
    package func adding(
        workingDirectory variables: [String: Secret], credentialVariables: Set<String>
    ) -> EnvironmentLayers {
        adding(
            variables.filter { Self.isHarmless($0.key, credentialVariables: credentialVariables) },
            as: .workingDirectory)
    }

    /// Whether a working directory's `.env` may set the variable.
    package static func isHarmless(_ name: String, credentialVariables: Set<String>) -> Bool {
        !credentialVariables.contains(name) && !redirects(name) && !isKeyFamily(name)
    }

    /// The variable of that name, or nil when no layer sets it. For a credential use ``credential(_:)``.
    package func lookup(_ name: String) -> Variable? { lookup(name, in: Layer.allCases) }

    /// The same for something that is a credential, or becomes part of one: a working directory's file has no say in
    /// it, whatever the variable's name.
    package func credential(_ name: String) -> Variable? {
        lookup(name, in: [.process, .stateDotEnv, .config, .shell])
    }

    private func lookup(_ name: String, in places: [Layer]) -> Variable? {
        let holders = places.compactMap { layer in
            layers[layer]?[name].flatMap { $0.isBlank ? nil : (layer: layer, value: $0) }
        }
        guard let first = holders.first else { return nil }
        let others = holders.dropFirst()
        return Variable(
            value: first.value, layer: first.layer, shadows: others.map(\.layer),
            contradicts: others.filter { $0.value != first.value }.map(\.layer))
    }

    /// What one place sets, blank values included.
    package func variables(of layer: Layer) -> [String: Secret] { layers[layer] ?? [:] }

    /// Names that start so and are set, sorted.
    package func names(startingWith prefix: String) -> [String] {
        var found: Set<String> = []
        for layer in layers.values {
            for (name, value) in layer where name.hasPrefix(prefix) && !value.isBlank { found.insert(name) }
        }
        return found.sorted()
    }

    /// Names such as `OPENAI_API_KEY_2` that start so and are set, sorted.
    func keyFamilyNames(startingWith prefix: String) -> [String] {
        keyFamilyNames.filter { $0.hasPrefix(prefix) }.sorted()
    }

    private static func redirects(_ name: String) -> Bool {
        name.hasPrefix("AGENTICFLOW_")
            || ["_API_HOST", "_BASE_URL", "_ENDPOINT", "_HOMESERVER"].contains { name.hasSuffix($0) }
    }

    /// `X_API_KEY` for `X_API_KEYS` and for `X_API_KEY_2`, save names of files; nil for any other name.
    static func keyFamily(of name: String) -> String? {
        if name.hasSuffix("_API_KEYS") { return String(name.dropLast()) }
        guard !name.hasSuffix("_FILE"), let mark = name.firstRange(of: "_API_KEY_") else { return nil }
        return String(name[..<mark.upperBound].dropLast())
    }

    /// `X_API_KEY`, `X_API_KEYS`, `X_API_KEY_2`: a key, whoever its provider is.
    package static func isKeyFamily(_ name: String) -> Bool {
        name.hasSuffix("_API_KEY") || name.hasSuffix("_API_KEYS") || isOneOfSeveral(name)
    }

    private static func isOneOfSeveral(_ name: String) -> Bool {
        var rest = name.utf8[...]
        while let underscore = rest.firstIndex(of: UInt8(ascii: "_")) {
            if rest[underscore...].starts(with: "_API_KEY_".utf8) { return true }
            rest = rest[rest.index(after: underscore)...]
        }
        return false
    }
}
