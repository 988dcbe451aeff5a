// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Testing

@testable import Commands

/// What somebody tried who wished us no good, or whose day was bad.
@Suite struct HardeningTests {
    private static func store(_ profiles: String) -> String { "{\"version\": 1, \"profiles\": {\(profiles)}}" }
    private static func key(_ id: String) -> String {
        "\"\(id)\": {\"type\": \"api_key\", \"provider\": \"anthropic\", \"key\": \"sk-ant-api03-\(id.hashValue.magnitude)abcdef\"}"
    }

    @Test(arguments: [
        ("TEAMLOGIN", "/Ab3dEfGhIjKlMnOp/rStUvWx1Yz0123456789ab"), ("NEUTRAL", "/etc/Zq9Ab3dEfGhIjKlMnOpQrS7"),
        ("NEUTRAL", "12345678"), ("TEAMLOGIN", "/run/secrets/x"),
    ])
    func `a variable that may hold a credential is masked, whatever it looks like`(name: String, value: String) {
        let instance = Instance(
            store: Self.store(
                #""openai:e": {"type": "api_key", "provider": "openai", "keyRef": {"source": "env", "provider": "default", "id": "TEAMLOGIN"}}"#
            ))
        instance.environment[name] = value
        for flags in ["", " --json"] {
            let run = instance.run("env list --all\(flags)")
            #expect(!(run.stdout + run.stderr).contains(value))
        }
    }

    @Test(arguments: ["\u{2028}", "\u{2029}"])
    func `a line separator in a comment ends it, as JSON5 says`(separator: String) {
        let token = "agw_0123456789abcdefghijklmnopqrstuvwxyz"
        let instance = Instance(config: "{\n // note \(separator) gateway: { auth: { token: \"\(token)\" } },\n}\n")
        let run = instance.run("config set gateway.port 18790 --dry-run")
        #expect(run.code == 0)
        #expect(!(run.stdout + run.stderr).contains(token))
    }

    @Test(arguments: [
        "models set sk-x=shown", "models status --agent=sk-=shown", "models list --provider=sk-x=shown",
        "models explain dGhpc2lzYXNlY3JldGtleTEyMzQ1Njc4OTA=",
    ])
    func `a word that looks like a secret is taken out, and that ends`(line: String) {
        let run = Instance().run(line)
        #expect(run.code >= 64)
        #expect(!(run.stdout + run.stderr).contains("dGhpc2lz"))
    }

    @Test func `a model's name is quoted in the command that is printed`() {
        let instance = Instance(
            config:
                "{models: {providers: {lab: {baseUrl: 'http://127.0.0.1:9', api: 'openai-completions', apiKey: 'lab-key-123456'}}}}"
        )
        let run = instance.run(["models", "explain", "--model", "lab/x; touch pwn #"])
        #expect(!run.stdout.contains("--model lab/x; touch"))
    }

    @Test func `a note that nothing usable is stored under leaves nobody out`() throws {
        let instance = Instance(
            config: "{auth: {profiles: {\"anthropic:gone\": {provider: \"anthropic\", mode: \"api_key\"}}}}",
            store: Self.store("\(Self.key("anthropic:a")), \(Self.key("anthropic:b"))"))
        _ = instance.run(
            "models auth paste-api-key --provider anthropic --profile-id anthropic:c",
            typing: "sk-ant-api03-0123456789abc")
        let json = try JSON(instance.run("models status --json").stdout)
        for index in 0..<3 { #expect(json["auth.oauth.profiles.\(index).usable"] == true) }
        let mismatched = Instance(
            config: "{auth: {profiles: {\"anthropic:a\": {provider: \"anthropic\", mode: \"token\"}}}}",
            store: Self.store("\(Self.key("anthropic:a")), \(Self.key("anthropic:b"))"))
        #expect(mismatched.run("models explain --model anthropic/claude-sonnet-4-5").stdout.contains(": anthropic:b."))
    }

    @Test func `the gateway's own client token is nobody's key`() {
        let token = "agw_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
        let instance = Instance(
            config: "{gateway: {auth: {token: \"\(token)\"}}}", store: Self.store(Self.key("anthropic:a")))
        instance.environment["ANTHROPIC_API_KEY"] = token
        let run = instance.run("models explain --model anthropic/claude-sonnet-4-5")
        #expect(run.stdout.contains(": anthropic:a."))
        #expect(run.stdout.contains("anthropic:env  ineligible") || run.stdout.contains("ineligible_profile"))
        #expect(
            instance.run("models status").stderr.contains(
                "ANTHROPIC_API_KEY of the environment is this gateway's own client token"))
    }

    @Test func `a home that is not there is not made by looking`() {
        let instance = Instance()
        instance.environment["HOME"] = "\(instance.home)/mistyped/home"
        #expect(instance.run("models status").code == 0)
        #expect(instance.files.isEmpty)
    }

    @Test(arguments: [
        (["-token", "hunterpass"], "****"), (["-p", "hunterpass"], "****"), (["-u", "user:hunterpass"], "****"),
        (["--x", "plain"], "plain"), (["-c", "/bin/true"], "/bin/true"),
    ])
    func `what follows a flag for a secret is masked`(words: [String], shown: String) {
        #expect(Masking.argument(words[0], after: nil) == words[0])
        #expect(Masking.argument(words[1], after: words[0]) == shown)
    }

    @Test func `a backup that was just made is the one that is taken back, whatever the clock says`() throws {
        let instance = Instance(config: "{}")
        for year in 2030...2034 {
            instance.write("doctor-backups/\(year)0101T000000Z/manifest.json", "{\"version\": 1, \"changes\": []}")
        }
        #expect(instance.run("doctor --generate-gateway-token").code == 0)
        #expect(instance.config?.contains("agw_") == true)
        #expect(instance.run("doctor --undo").code == 0)
        #expect(instance.config == "{}")
    }
}
