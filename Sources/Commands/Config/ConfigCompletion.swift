// SPDX-License-Identifier: Apache-2.0
import Documents
import SafeFiles
import Settings

/// What a shell offers while a path or a value is typed.
enum ConfigCompletion {
    /// Keys with a meaning, with the names that this instance's configuration has in the places of their stars.
    @Sendable static func paths(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        let wanted = prefix.filter { $0 != "\"" && $0 != "'" }
        let all = paths(in: document()) + (words.contains("set") ? providerPaths(behind: wanted) : [])
        return Set(all).filter { $0.hasPrefix(wanted) }.sorted()
    }

    /// Providers that are known and not configured yet: their names alone, then what can be said of one.
    private static func providerPaths(behind typed: String) -> [String] {
        let stem = "models.providers."
        guard typed.hasPrefix(stem) else { return [] }
        let provider = typed.dropFirst(stem.count).prefix { $0 != "." }
        guard typed.dropFirst(stem.count).contains(".") else { return Completions().providers.map { stem + $0 } }
        return KnownKeys.all.map(\.pattern).filter {
            $0.hasPrefix(stem + "*.") && !$0.dropFirst(stem.count + 1).contains("*")
        }
        .filter { !$0.contains("[]") }.map { stem + provider + $0.dropFirst(stem.count + 1) }
    }

    @Sendable static func values(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        guard let set = words.firstIndex(of: "set"), words.indices.contains(set + 1),
            let path = try? DocumentPath(parsing: words[set + 1].filter { $0 != "'" }),
            let key = KnownKeys.key(at: path)
        else { return [] }
        let all: [String] =
            switch key.pattern {
            case "models.providers.*.api": ConfiguredAPI.allCases.map(\.rawValue)
            case "models.providers.*.auth": ConfiguredAuth.allCases.map(\.rawValue)
            case "gateway.bind": ["loopback", "lan"]
            case "gateway.proxy": ["none", "env"]
            case let pattern where pattern.hasSuffix("odel") || pattern.hasSuffix("odel.primary"):
                ModelCompletion.models(words, index, prefix)
            case "auth.profiles.*.provider": Completions().providers
            default: key.kind == .boolean ? ["true", "false"] : []
            }
        return all.filter { $0.hasPrefix(prefix) }
    }

    /// No configuration, or none that can be read, has no names to offer.
    private static func document() -> Document? {
        guard let layout = try? (Completions.context ?? .live()).layout() else { return nil }
        return SafeDirectory.$closesWhatIsOpen.withValue(false) { SettingsFile(layout).resolved().document }
    }

    static func paths(in document: Document?) -> [String] {
        var found: Set<String> = []
        for key in KnownKeys.all where !key.isMisplaced {
            for path in places(of: key.pattern, in: document) { found.insert(path.description) }
        }
        return Array(found)
    }

    private static func places(of pattern: String, in document: Document?) -> [DocumentPath] {
        var places = [DocumentPath([PathStep]())]
        for part in pattern.split(separator: ".") {
            let isList = part.hasSuffix("[]")
            let name = isList ? part.dropLast(2) : part
            places = places.flatMap { place -> [DocumentPath] in
                guard name == "*" else { return [place.appending(.key(String(name)))] }
                return document?.element(at: place)?.members.map { place.appending(.key($0.key)) } ?? []
            }
            guard isList else { continue }
            places = places.flatMap { place in
                (document?.element(at: place)?.elements ?? []).indices.map { place.appending(.index($0)) }
            }
        }
        return places
    }
}

extension KnownKey {
    fileprivate var isMisplaced: Bool { if case .misplaced = kind { true } else { false } }
}
