// SPDX-License-Identifier: Apache-2.0
import Commands
import Credentials
import Providers
import Rotation
import TestKit

/// A secret in every place that can hold one, each with a text of its own, so that a leak says where it is from.
struct PlantedSecrets {
    /// What it is in → its text.
    private(set) var texts: [String: String] = [:]
    /// Starts that every key of a kind has, and that messages may name.
    private static let starts = [
        "sk-ant-api03-", "sk-ant-oat01-", "sk-proj-", "sk-or-v1-", "github_pat_", "eyJhbGciOiJIUzI1NiJ9.",
    ]
    private var random = SeededGenerator(seed: 20)

    private mutating func made(_ place: String, _ start: String, _ count: Int, _ alphabet: String) -> String {
        let characters = Array(alphabet)
        let text = start + String((0..<count).map { _ in random.pick(characters) })
        texts[place] = text
        return text
    }

    private static let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

    mutating func key(_ place: String, _ start: String, _ count: Int = 40) -> String {
        made(place, start, count, Self.letters)
    }

    mutating func hexadecimal(_ place: String) -> String { made(place, "", 40, "0123456789abcdef") }
    mutating func base64(_ place: String) -> String { made(place, "", 39, Self.letters + "+/") + "=" }
    mutating func token(_ place: String) -> String {
        made(place, "eyJhbGciOiJIUzI1NiJ9.", 60, Self.letters + "-_") + ".end"
    }
    /// As people make them up.
    mutating func password(_ place: String) -> String { made(place, "pw", 7, "abcdefghijkmnpqrstuvwxyz") + "7!" }
    mutating func number(_ place: String) -> String { made(place, "7", 8, "123456789") }

    // MARK: The search

    /// The places whose secrets are in a text, whole or in a piece of eight characters; of the public starts nothing counts.
    func leaks(in text: String) -> [String] {
        let pieces = Set(windows(of: Array(text.utf8)))
        return texts.filter { _, secret in
            let start = Self.starts.first { secret.hasPrefix($0) } ?? ""
            return windows(of: Array(secret.dropFirst(start.utf8.count).utf8)).contains { pieces.contains($0) }
        }.keys.sorted()
    }

    private func windows(of bytes: [UInt8]) -> [UInt64] {
        guard bytes.count >= 8 else { return [] }
        // In small letters a key is told as well.
        let bytes = bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        return (0...(bytes.count - 8)).map { at in bytes[at..<(at + 8)].reduce(0) { $0 << 8 | UInt64($1) } }
    }
}

/// An instance with such secrets wherever there is room for one.
struct PlantedInstance {
    let instance: Instance
    let secrets: PlantedSecrets

    init() throws {
        var made = PlantedSecrets()
        instance = Instance(config: Self.configuration(&made), store: Self.store(&made))
        instance.write("house.json5", Self.included(&made))
        instance.write(
            ".env",
            "MISTRAL_API_KEY=\(made.key(".env", ""))\nGROQ_API_KEYS=\(made.key(".env list", "gsk_")),\(made.hexadecimal(".env list, second"))\n"
                + "OOPS \(made.key(".env, broken line", "sk-or-v1-"))\n")
        instance.write(
            "agents/main/agent/auth.json",
            "{\"openrouter\": {\"key\": \"\(made.key("older file", "sk-or-v1-"))\", \"k\": \"\(made.password("older file, k"))\"}}"
        )
        instance.environment["OPENROUTER_API_KEY"] = made.key("process environment", "sk-or-v1-")
        instance.environment["HTTPS_PROXY"] = "http://me:\(made.password("HTTPS_PROXY"))@proxy.example:3128"
        let evidence = "Incorrect API key provided: \(made.key("evidence of a cooldown", "sk-proj-"))"
        try instance.hold("anthropic:a", .billing, for: 600, evidence: evidence)
        let echo = made.key("provider's answer, another key", "sk-ant-api03-")
        instance.ask = Self.provider(echoing: echo)
        secrets = made
    }

    /// Says what it was sent, whole and shortened, as providers do.
    private static func provider(echoing other: String) -> ProviderAsk {
        ProviderAsk { question, recipient, _, done in
            guard let sent = recipient.secret?.reveal() else {
                // The open list of models.
                let list = "{\"data\": [{\"id\": \"acme/x:free\", \"supported_parameters\": [\"tools\"]}]}"
                return done(.answer(ProviderAnswer(status: 200, body: Array(list.utf8))))
            }
            let message =
                "Incorrect API key provided: \(sent) (\(sent.prefix(9))*****\(sent.suffix(9))), not \(other). See "
                + "https://provider.example/?key=\(sent)&x=1"
            done(
                .answer(
                    ProviderAnswer(
                        status: 401, fields: ["content-type": "application/json"],
                        body: Array(
                            "{\"error\": {\"type\": \"invalid_request_error\", \"message\": \"\(message)\"}}".utf8))))
        }
    }

    private static func configuration(_ made: inout PlantedSecrets) -> String {
        """
        // apiKey: "\(made.key("comment, after a name", "", 12))"
        // The old key was \(made.password("comment, in a sentence")).
        /* Rotated: \(made.hexadecimal("comment, hexadecimal")),
           before \(made.key("comment, by its shape", "sk-or-v1-"))
           password:
             \(made.password("comment, on the next line")) */
        {
          $include: "house.json5",
          gateway: {
            token: "\(made.key("misplaced token", "agw_"))", // auth.token was \(made.base64("comment behind a value"))
            auth: {password: "\(made.password("unknown key, password"))", pin: \(made.number("unknown key, number"))},
            proxy: "http://proxy:\(made.password("gateway.proxy"))@10.0.0.1:3128",
            "\(made.key("key, by its shape", "sk-ant-api03-"))": true,
            "\(made.hexadecimal("key, hexadecimal"))": {x: 1},
            allowedHosts: ["me:\(made.password("gateway.allowedHosts"))@host.example"],
          },
          httpProxy: "joe:\(made.password("unknown key, proxy"))@10.0.0.1:8080",
          webhook: "https://hooks.example/services?access_token=\(made.hexadecimal("unknown key, parameter"))&sig=\(made.base64("unknown key, signature"))",
          note: "the password: \(made.password("unknown key, note")); Bearer \(made.token("unknown key, bearer"))",
          clientSecret: {deep: ["\(made.password("unknown key, list"))", {x: "\(made.hexadecimal("unknown key, nested"))"}]},
          models: {providers: {
            lab: {baseUrl: "https://lab:\(made.password("baseUrl, password"))@lab.example/v1?key=\(made.key("baseUrl, key", "AIza", 35))&api_key=\(made.password("baseUrl, api_key"))",
              api: "openai-completions", apiKey: "\(made.key("apiKey", "sk-proj-"))", token: "\(made.token("apiKey, misnamed"))"},
          }},
          secrets: {providers: {vault: {source: "exec", command: "/usr/bin/vault", args: [
            "read", "--token", "\(made.password("args, after a flag"))", "--password=\(made.password("args, in a flag"))",
            "-p\(made.password("args, behind a letter"))", "\(made.key("args, by its shape", "ghp_", 36))",
            "\(made.hexadecimal("args, alone"))", "-H", "X-Vault-Token: \(made.password("args, header"))"]}}},
          env: {vars: {GROQ_API_KEY: "\(made.key("env.vars", "gsk_"))", PIN: \(made.number("env.vars, number"))}, OLD: "\(made.key("env", "xai-"))"},
          agents: {defaults: {model: "anthropic/claude-sonnet-4-5", models: {"openai/gpt-5": {alias: "\(made.key("alias", "github_pat_"))"}}},
            list: [{id: "main", default: true, name: "\(made.key("name of an agent", "sk-ant-api03-"))"}, {id: "coder"}]},
          auth: {profiles: {"anthropic:gone": {provider: "anthropic", mode: "api_key"}}, order: {anthropic: ["anthropic:gone", "anthropic:a"]}},
        }
        """
    }

    private static func included(_ made: inout PlantedSecrets) -> String {
        """
        {models: {providers: {house: {baseUrl: "https://llm.example/v1", api: "openai-completions", // \(made.key("comment, included", "sk-proj-"))
          apiKey: "\(made.key("apiKey, included", ""))", models: ["own"], headers: {"x-team": "\(made.hexadecimal("headers"))",
          Authorization: "Bearer \(made.token("headers, bearer"))", cookie: "session=\(made.base64("headers, cookie"))"}}}}}
        """
    }

    private static func store(_ made: inout PlantedSecrets) -> String {
        """
        {"version": 1, "profiles": {
          "anthropic:a": {"type": "api_key", "provider": "anthropic", "key": "\(made.key("store, key", "sk-ant-api03-"))"},
          "anthropic:b": {"type": "token", "provider": "anthropic", "token": "\(made.token("store, token"))", "expires": 1},
          "anthropic:sub": {"type": "token", "provider": "anthropic", "token": "\(made.key("store, setup token", "sk-ant-oat01-", 80))"},
          "openai:c": {"type": "oauth", "provider": "openai", "access": "\(made.hexadecimal("store, access"))",
            "refresh": "\(made.base64("store, refresh"))", "expires": 1},
          "openai:d": {"type": "odd", "provider": "openai", "k": "\(made.password("store, unknown type"))"},
          "openai:e": {"type": "api_key", "provider": "openai", "key": "\(made.key("store, key of openai", "sk-proj-"))",
            "note": "\(made.password("store, unknown field"))"}
        }}
        """
    }
}
