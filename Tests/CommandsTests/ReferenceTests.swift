// SPDX-License-Identifier: Apache-2.0
import Commands
import Credentials
import FoundationEssentials
import Providers
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct ReferenceTests {
    private static let config = """
        {secrets: {providers: {vault: {source: 'exec', command: '/bin/false'}, team: {source: 'file', path: '~/team.json'}}}}
        """

    @Test(
        arguments: [
            ("env:TEAM_KEY", "keyRef", ["source": "env", "provider": "default", "id": "TEAM_KEY"]),
            ("file:/run/key", "keyRef", ["source": "file", "provider": "default", "id": "/run/key"]),
            ("file:team:/groq/key", "keyRef", ["source": "file", "provider": "team", "id": "/groq/key"]),
            ("file:team", "keyRef", ["source": "file", "provider": "team", "id": "value"]),
            ("exec:vault:groq/key", "keyRef", ["source": "exec", "provider": "vault", "id": "groq/key"]),
        ] as [(String, String, JSON)])
    func `a reference is stored in the place of a secret`(text: String, field: String, reference: JSON) throws {
        let instance = Instance(
            config: Self.config,
            store:
                #"{"version":1,"profiles":{"groq:ci":{"type":"api_key","provider":"groq","key":"gsk-old-123","x":1}}}"#)
        let run = instance.run([
            "models", "auth", "add", "--provider", "groq", "--profile-id", "groq:ci", "--ref", text,
        ])
        #expect(run.code == 0)
        #expect(run.stdout.hasSuffix("Auth profile: groq:ci (groq/api_key)\n"))
        let entry = try JSON(instance.store ?? "")["profiles.groq:ci"]
        #expect(entry == ["type": "api_key", "provider": "groq", "x": 1, "keyRef": reference])
    }

    @Test func `a token's reference has its own field, and a date`() throws {
        let instance = Instance()
        let run = instance.run(
            "models auth add --provider groq --profile-id groq:ci --ref env:TEAM --type token --expires-in 1d")
        #expect(run.code == 0)
        let expires = JSON.number((Instance.now.timeIntervalSince1970 + 86_400) * 1000)
        #expect(
            try JSON(instance.store ?? "")["profiles.groq:ci"]
                == [
                    "type": "token", "provider": "groq", "expires": expires,
                    "tokenRef": ["source": "env", "provider": "default", "id": "TEAM"],
                ])
    }

    @Test(arguments: [
        ("env:team", 64, "is no reference"), ("env:", 64, "is no reference"), ("file:relative", 65, "leads nowhere"),
        ("exec:vault", 64, "is no reference"), ("exec:other:id", 65, "those it has: vault"),
        ("file:vault:/x", 65, "no file provider \"vault\""), ("exec:vault:../x", 64, "is no reference"),
        ("exec:vault:a b", 64, "is no reference"), ("sk-CANARY-12345", 64, "is no reference"),
        ("env:A\u{1b}[2J", 64, "is no reference"), ("store:x:y", 64, "is no reference"),
    ])
    func `a reference that leads nowhere is refused`(text: String, code: Int, why: String) {
        let instance = Instance(config: Self.config)
        let run = instance.run([
            "models", "auth", "add", "--provider", "groq", "--profile-id", "groq:ci", "--ref", text,
        ])
        #expect(Int(run.code) == code)
        #expect(run.stderr.contains(why))
        #expect(instance.store == nil)
        #expect(instance.config == Self.config)
    }

    @Test(arguments: [
        ("--profile-id groq:x --ref env:X", "--provider is missing."),
        ("--provider groq --profile-id groq:x --ref env:X --expires-in 3d", "--expires-in does not go with"),
        (
            "--provider groq --profile-id groq:x --ref env:X --type api_key --expires-in 3d",
            "--expires-in does not go with"
        ),
        ("--provider groq --profile-id groq:x --ref env:X --type oauth", "is no kind of credential"),
        ("--provider groq", "requires an interactive TTY"), ("", "paste-api-key --provider anthropic"),
    ])
    func `flags that do not say enough, or too much`(flags: String, what: String) {
        let instance = Instance(config: Self.config)
        let run = instance.run("models auth add \(flags)", typing: "gsk-new-123456")
        #expect(run.code == 64)
        #expect(run.stderr.contains(what))
        #expect(instance.store == nil)
    }

    /// - Parameter script: of the program that `groq:ci` refers to.
    private static func instance(asking script: String) -> Instance {
        let instance = Instance(
            store: #"""
                {"version":1,"profiles":{
                 "groq:ci":{"type":"api_key","provider":"groq","keyRef":{"source":"exec","provider":"vault","id":"a"}},
                 "groq:other":{"type":"api_key","provider":"groq","keyRef":{"source":"exec","provider":"vault","id":"b"}}}}
                """#)
        instance.write(
            "agenticflow-enterprise.json",
            "{secrets: {providers: {vault: {source: 'exec', command: '\(instance.state)/vault', timeoutMs: 2000}}}}")
        instance.write("vault", "#!/bin/sh\ncat >> '\(instance.state)/asked'\n\(script)\n")
        chmod("\(instance.state)/vault", 0o700)
        return instance
    }

    @Test func `a test of a reference to a program asks that program, about that one alone`() throws {
        let instance = Self.instance(asking: #"echo '{"protocolVersion":1,"values":{"a":"gsk-CANARY-123456"}}'"#)
        instance.ask = ProviderAsk { _, recipient, _, done in
            #expect(recipient.secret == Secret("gsk-CANARY-123456"))
            done(.answer(ProviderAnswer(status: 200, body: Array("{}".utf8))))
        }
        for words in ["models status", "models auth list", "models status --probe"] { _ = instance.run(words) }
        #expect(instance.read("asked") == nil)
        let run = instance.run("models auth test groq:ci")
        #expect(run.stdout.hasPrefix("groq:ci: ok (Groq takes it; metadata, "))
        #expect(run.code == 0)
        #expect(!(run.stdout + run.stderr).contains("CANARY"))
        #expect(instance.read("asked") == #"{"protocolVersion":1,"provider":"vault","ids":["a"]}"# + "\n")
    }

    @Test(arguments: [
        ("exit 7", "ended with exit code 7."), ("sleep 60", "gave no answer within 2000 ms."),
        ("yes sk-CANARY", "wrote more than 1048576 bytes."), ("echo sk-CANARY", "is no JSON object."),
    ])
    func `a program that goes wrong is said, and no provider is asked`(script: String, why: String) throws {
        let instance = Self.instance(asking: script)
        let before = instance.store
        instance.ask = ProviderAsk { _, _, _, done in
            Issue.record("somebody was asked")
            done(.none(.closed))
        }
        let run = instance.run("models auth test groq:ci")
        #expect(run.code == 65)
        #expect(run.stderr.contains("groq:ci refers to exec:vault:a. "))
        #expect(run.stderr.contains(why))
        #expect(run.stderr.contains("error: groq:ci: not asked."))
        #expect(run.stderr.contains("fix: Put right what exec:vault:a leads to, then repeat the command."))
        #expect(!run.stderr.contains("CANARY"))
        #expect(instance.store == before)
    }

    @Test func `a setup token is asked for at a terminal only`() {
        let instance = Instance()
        let run = instance.run("models auth setup-token", typing: "sk-ant-oat01-" + String(repeating: "x", count: 80))
        #expect(run.code == 64)
        #expect(run.stderr.hasPrefix("error: setup-token requires an interactive TTY.\n"))
        #expect(run.stderr.contains("models auth paste-token --provider anthropic"))
        #expect(instance.files.isEmpty)
    }

    @Test func `what is listed names the place and never the secret`() throws {
        let instance = Instance(
            config: Self.config,
            store: """
                {"version":1,"profiles":{
                 "groq:a":{"type":"api_key","provider":"groq","keyRef":{"source":"env","id":"TEAM_KEY"}},
                 "groq:b":{"type":"api_key","provider":"groq","keyRef":{"source":"env","id":"NOT_SET"}},
                 "groq:c":{"type":"api_key","provider":"groq","keyRef":{"source":"exec","provider":"vault","id":"x"}},
                 "groq:d":{"type":"oauth","provider":"groq","keyRef":{"source":"env","id":"TEAM_KEY"}}}}
                """)
        instance.environment["TEAM_KEY"] = "gsk-CANARY-0123456789-0123456789"
        let run = instance.run("models auth list")
        #expect(
            run.stdout.split(separator: "\n").dropFirst(2) == [
                "- groq:a=ref:env:TEAM_KEY ready", "- groq:b=ref:env:NOT_SET ineligible unresolved_ref",
                "- groq:c=ref:exec:vault:x (asked by the gateway) ready",
                "- groq:d=OAuth ineligible ineligible_profile",
            ])
        #expect(run.stderr.contains("groq:b refers to env:NOT_SET.\n  why: The variable NOT_SET is not set."))
        let status = instance.run("models status")
        let json = instance.run("models status --json")
        for shown in [run, status, json] {
            #expect(!(shown.stdout + shown.stderr).contains("0123456789"))
        }
        #expect(instance.run("models explain --model groq/m").stdout.contains("Next for groq/m: groq:"))
    }
}
