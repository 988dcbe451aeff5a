// SPDX-License-Identifier: Apache-2.0
import TestKit

/// A configuration made at random, and one command that changes it, with what has to come of it: known from the
/// command alone, by rules that are written here a second time.
struct ConfigScene {
    private static let references = [
        "anthropic/claude-opus-4-5", "anthropic/claude-sonnet-4-5", "anthropic/claude-haiku-4-5", "openai/gpt-5.2",
        "openai/gpt-5", "openai/o3", "openrouter/moonshotai/kimi-k2", "groq/llama-4",
    ]
    private static let defaults = ["agents", "defaults"]
    private static let entries = defaults + ["models"]

    private var random: SeededGenerator
    let before: Tree
    private(set) var after: Tree
    /// Places whose content the command may change; of values that are there, or of what holds new ones.
    private(set) var touched: [[String]] = []
    private(set) var words: [String] = []

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed &* 77 &+ 5)
        var made = random
        before = Self.tree(&made)
        random = made
        after = before
        switch random.next() % 8 {
        case 0: setScalar()
        case 1: setObject()
        case 2: unset()
        case 3: setModel("model", "set")
        case 4: setModel("imageModel", "set-image")
        case 5: alias()
        case 6: fallbacks("model", "fallbacks")
        default: fallbacks("imageModel", "image-fallbacks")
        }
    }

    // MARK: The configuration

    private static func tree(_ random: inout SeededGenerator) -> Tree {
        var top: [Tree.Member] = []
        if random.chance(70) { top.append(.init(key: "gateway", value: gateway(&random))) }
        if random.chance(80) { top.append(.init(key: "agents", value: agents(&random))) }
        if random.chance(50) {
            let order = Tree.object([.init(key: "anthropic", value: .array([.scalar("'anthropic:a'")]))])
            top.append(.init(key: "auth", value: .object([.init(key: "order", value: order)])))
        }
        return .object(noise(&random) + top.shuffled(using: &random) + noise(&random))
    }

    /// Keys without a meaning, some of them twice.
    private static func noise(_ random: inout SeededGenerator) -> [Tree.Member] {
        let odd = [
            "+1", "0xFF", "-0X1f", "Infinity", "-Infinity", "NaN", ".5", "5.", "1e3", "'it\\'s // no'", "\"\\u00e9\"",
            "null",
        ]
        return (0..<random.pick([0, 0, 1, 2])).map { _ in
            let key = random.pick(["xNoise", "zzz", "my future key", "xNoise"])
            let scalar = Tree.scalar(random.pick(odd))
            let value: Tree =
                random.chance(70) ? scalar : .object([.init(key: "deep", value: .array([scalar, scalar]))])
            return .init(key: key, value: value)
        }
    }

    private static func gateway(_ random: inout SeededGenerator) -> Tree {
        var members = noise(&random)
        for _ in 0..<random.pick([0, 1, 1, 2]) {
            members.append(.init(key: "port", value: .scalar(random.pick(["18789", "+1", "0x4A", "1e3", "5."]))))
        }
        if random.chance(40) {
            members.append(.init(key: "limits", value: .object([.init(key: "maxAttempts", value: .scalar("+4"))])))
        }
        return .object(members)
    }

    private static func agents(_ random: inout SeededGenerator) -> Tree {
        var members = noise(&random)
        for key in ["model", "imageModel"] where random.chance(75) {
            members.append(.init(key: key, value: model(&random)))
        }
        if random.chance(75) {
            let chosen = references.shuffled(using: &random).prefix(random.pick([0, 1, 3]))
            let all = chosen.enumerated().map { index, reference in
                let alias = Tree.Member(key: "alias", value: spelled("alias\(index)", &random))
                return Tree.Member(key: reference, value: .object(random.chance(60) ? [alias] + noise(&random) : []))
            }
            members.append(.init(key: "models", value: .object(all)))
        }
        let defaults = Tree.Member(key: "defaults", value: .object(members.shuffled(using: &random)))
        return .object(random.chance(85) ? [defaults] : [])
    }

    private static func model(_ random: inout SeededGenerator) -> Tree {
        if random.chance(30) { return spelled(random.pick(references), &random) }
        if random.chance(10) { return .scalar("null") }
        var members = noise(&random)
        if random.chance(70) { members.append(.init(key: "primary", value: spelled(random.pick(references), &random))) }
        if random.chance(70) {
            let list = references.shuffled(using: &random).prefix(random.pick([0, 1, 2, 3]))
            members.append(.init(key: "fallbacks", value: .array(list.map { spelled($0, &random) })))
        }
        return .object(members)
    }

    private static func spelled(_ text: String, _ random: inout SeededGenerator) -> Tree {
        let hexadecimal = text.utf8.first.map { String($0, radix: 16) } ?? ""
        return .scalar(random.pick(["\"\(text)\"", "'\(text)'", "'\\x\(hexadecimal)\(text.dropFirst())'"]))
    }

    /// What a text of ours says; nil for another value.
    private static func text(_ tree: Tree?) -> String? {
        guard case .scalar(let source) = tree, let quote = source.first, quote == "'" || quote == "\"" else {
            return nil
        }
        let inner = source.dropFirst().dropLast()
        guard inner.hasPrefix("\\x") else { return String(inner) }
        let digits = inner.dropFirst(2).prefix(2)
        return UInt8(digits, radix: 16).map { String(UnicodeScalar($0)) + inner.dropFirst(4) }
    }

    private static func quoted(_ text: String) -> Tree { .scalar("\"\(text)\"") }

    // MARK: The commands

    private mutating func put(_ value: Tree, at path: [String]) {
        if after[path[...]] == value { return }
        _ = after.set(value, at: path[...])
        touched.append(path)
    }

    private mutating func setScalar() {
        let (path, value) = random.pick([
            ("gateway.port", "18790"), ("gateway.limits.maxAttempts", "9"), ("gateway.deadlines.idleSeconds", "7.5"),
            ("gateway.allowPlainRemote", "true"), ("gateway.bind", "lan"),
        ])
        words = ["config", "set", path, value]
        put(value == "lan" ? Self.quoted(value) : .scalar(value), at: path.split(separator: ".").map(String.init))
    }

    private mutating func setObject() {
        words = ["config", "set", "models.providers[\"my.lab\"]", "{baseUrl: 'https://lab.example/v1', models: ['a']}"]
        put(
            .object([
                .init(key: "baseUrl", value: Self.quoted("https://lab.example/v1")),
                .init(key: "models", value: .array([Self.quoted("a")])),
            ]), at: ["models", "providers", "my.lab"])
    }

    private mutating func unset() {
        let all = [["gateway", "port"], ["auth", "order", "anthropic"], ["gateway", "limits"], ["zzz"]]
        guard let path = all.filter({ after[$0[...]] != nil }).randomElement(using: &random) else { return setScalar() }
        words = ["config", "unset", path.joined(separator: "."), "--allow-loss"]
        after.remove(at: path[...])
        touched.append(Array(path.dropLast()))
    }

    private mutating func setModel(_ key: String, _ command: String) {
        let reference = random.pick(Self.references)
        words = ["models", command, reference]
        let path = Self.defaults + [key]
        let old = after[path[...]]
        if let text = Self.text(old) {
            if text != reference { put(.object([.init(key: "primary", value: Self.quoted(reference))]), at: path) }
        } else if Self.text(after[(path + ["primary"])[...]]) != reference {
            put(Self.quoted(reference), at: path + ["primary"])
        }
        register(reference)
    }

    private mutating func register(_ reference: String) {
        if after[(Self.entries + [reference])[...]] == nil { put(.object([]), at: Self.entries + [reference]) }
    }

    private var aliases: [(alias: String, reference: String)] {
        guard case .object(let all) = after[Self.entries[...]] else { return [] }
        return all.compactMap { entry in
            Self.text(after[(Self.entries + [entry.key, "alias"])[...]]).map { ($0, entry.key) }
        }
    }

    private mutating func alias() {
        if random.chance(40), let old = aliases.randomElement(using: &random) {
            words = ["models", "aliases", "remove", old.alias]
            let path = Self.entries + [old.reference, "alias"]
            after.remove(at: path[...])
            touched.append(Array(path.dropLast()))
        } else {
            let reference = random.pick(Self.references)
            words = ["models", "aliases", "add", "new.name", reference]
            put(Self.quoted("new.name"), at: Self.entries + [reference, "alias"])
        }
    }

    private mutating func fallbacks(_ key: String, _ command: String) {
        let path = Self.defaults + [key]
        let place = path + ["fallbacks"]
        var list: [Tree] = []
        if case .array(let elements) = after[place[...]] { list = elements }
        switch random.next() % 3 {
        case 0 where !list.isEmpty:
            words = ["models", command, "clear"]
            put(.array([]), at: place)
        case 1 where !list.isEmpty:
            let gone = random.pick(list)
            words = ["models", command, "remove", Self.text(gone) ?? ""]
            _ = after.set(.array(list.filter { $0 != gone }), at: place[...])
            touched.append(place)
        default:
            let reference = random.pick(Self.references)
            words = ["models", command, "add", reference]
            if !list.contains(where: { Self.text($0) == reference }) {
                if let primary = Self.text(after[path[...]]) {
                    let both: [Tree.Member] = [
                        .init(key: "primary", value: Self.quoted(primary)),
                        .init(key: "fallbacks", value: .array([Self.quoted(reference)])),
                    ]
                    put(.object(both), at: path)
                } else {
                    after.append(Self.quoted(reference), at: place[...])
                    touched.append(place)
                }
            }
            register(reference)
        }
    }
}
