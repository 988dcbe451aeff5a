// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import Settings
import Testing

/// The table of keys and the reader know the same.
@Suite struct KnownKeysTests {
    /// What the entries of a configuration need to be read at all.
    private static let skeleton = """
        {models: {providers: {own: {baseUrl: "https://x.example/v1", api: "openai-completions", models: [{id: "m"}]}}},
         agents: {list: [{id: "a"}]}, auth: {profiles: {"anthropic:a": {provider: "anthropic", mode: "api_key"}}}}
        """

    private static let names = [
        "models.providers": "own", "models.providers.own.headers": "x-own", "auth.profiles": "anthropic:a",
        "auth.order": "anthropic", "auth.cooldowns.billingBackoffHoursByProvider": "anthropic",
        "agents.defaults.models": "anthropic/m", "env.vars": "NAME", "secrets.providers": "own",
    ]

    private static func path(_ pattern: String) -> DocumentPath {
        var path = DocumentPath([PathStep]())
        for part in pattern.split(separator: ".") {
            let isList = part.hasSuffix("[]")
            let name = String(isList ? part.dropLast(2) : part)
            path = path.appending(.key(name == "*" ? names[path.description] ?? "?" : name))
            if isList { path = path.appending(.index(0)) }
        }
        return path
    }

    /// - Parameter pattern: some keys have a meaning beside certain others only.
    private static func problems(
        _ pattern: String, _ change: (inout Document) throws -> Void
    ) throws -> [SettingsProblem] {
        var document = try Document(Array(skeleton.utf8), as: .json5)
        if pattern.hasPrefix("secrets.providers.*.") {
            let isFile = ["source", "path", "mode"].contains { pattern.hasSuffix(".\($0)") }
            let entry: [Literal.Member] =
                isFile
                ? [.init("source", .string("file")), .init("path", .string("/run/key"))]
                : [.init("source", .string("exec")), .init("command", .string("/bin/true"))]
            try document.set(.object(entry), at: ["secrets", "providers", "own"])
        }
        try change(&document)
        return InstanceSettings(document, environment: EnvironmentLayers(process: [:])).problems
    }

    private static let read = KnownKeys.all.filter { key in
        if case .misplaced = key.kind { return false }
        return key.effect != .none && key.pattern != "$include"
    }

    @Test(arguments: read.map(\.pattern))
    func `a value of the wrong kind is noticed at every key that has an effect`(pattern: String) throws {
        let path = Self.path(pattern)
        let key = try #require(KnownKeys.key(at: path))
        #expect(key.pattern == pattern)
        let wrong: Literal = key.kind == .boolean || key.kind == .number ? .string("x") : .boolean(true)
        let problems = try Self.problems(pattern) { document in try document.set(wrong, at: path) }
        #expect(problems.contains { $0.severity == .error && $0.path == path.description }, "\(problems)")
    }

    @Test(arguments: KnownKeys.all.map(\.pattern).filter { !$0.hasSuffix("]") && !$0.hasSuffix("*") })
    func `no key of the table is unknown to the reader, and a slip of each is`(pattern: String) throws {
        guard !pattern.hasPrefix("meta.") else { return }
        let path = Self.path(pattern)
        guard case .key(let name) = path.last else { return }
        let known = try Self.problems(pattern) { document in try document.set(.null, at: path) }
        #expect(!known.contains { $0.problem.contains("is not a key") })
        let slip = path.parent.appending(.key(name + "x"))
        let unknown = try Self.problems(pattern) { document in try document.set(.null, at: slip) }
        let text = "is not a key that has a meaning here; did you mean \(name)?"
        #expect(unknown.contains { $0.path == slip.description && $0.problem == text }, "\(unknown)")
        #expect(KnownKeys.unknown(on: slip)?.near == name)
        #expect(KnownKeys.unknown(on: path) == nil)
    }

    @Test(arguments: [
        ("gateway.auth.token", true), ("models.providers.x.apiKey", true), ("models.providers.x.headers.x-a", true),
        ("env.vars.ANYTHING", true), ("gateway.token", true), ("gateway.auth.password", true), ("a.my_api_key", true),
        ("a.clientSecret.deep", true), ("models.providers.x.models[0].maxTokens", false), ("a.totalTokens", false),
        ("gateway.port", false), ("auth.order.secretary", false), ("agents.list[0].id", false),
    ])
    func `what is or may be a credential is known by its place`(path: String, isSecret: Bool) throws {
        #expect(KnownKeys.isSecret(try DocumentPath(parsing: path)) == isSecret)
    }

    @Test(arguments: [
        ("gateway.port", true), ("gateway", true), ("gateway.bind", true), ("gateway.limits.maxAttempts", false),
        ("models", false),
    ])
    func `what is read at start alone is known`(path: String, isAtStart: Bool) throws {
        #expect(KnownKeys.isReadAtStart(try DocumentPath(parsing: path)) == isAtStart)
    }

    @Test(arguments: [
        ("${A}", true), ("${A}${B_2}", true), ("x${A}", false), ("$${A}", false), ("${a}", false), ("", false),
        ("sk-1", false),
    ])
    func `a text that is a reference alone is no secret`(text: String, isReference: Bool) {
        #expect(ShownValue.isReference(text) == isReference)
    }

    @Test func `what is shown holds no credential, and references as they are written`() throws {
        let canary = "CANARYCANARYCANARYCANARY"
        let text = """
            {gateway: {auth: {token: "${TOKEN}", password: "\(canary)"}, proxy: "http://me:\(canary)@proxy:1"},
             models: {providers: {own: {apiKey: "pre-\(canary)-${KEY}", headers: {"x-a": "\(canary)"}}}},
             env: {vars: {A: "\(canary)", B: 123456, C: "$${D}\(canary)"}}, note: "sk-\(canary) // \(canary.dropLast(20))"}
            """
        let document = try Document(Array(text.utf8), as: .json5)
        let shown = ShownValue.literal(document.root, at: DocumentPath([PathStep]())).compact
        #expect(!shown.contains(canary) && !shown.contains("123456"))
        #expect(shown.contains(#""token":"${TOKEN}""#) && shown.contains(#""apiKey":"****${KEY}""#))
        #expect(shown.contains(#""proxy":"http://****@proxy:1""#))
        #expect(!ShownDocument(document).text.contains(canary))
    }
}
