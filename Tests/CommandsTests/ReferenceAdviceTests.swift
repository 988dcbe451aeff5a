// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Rotation
import Testing

/// What is told of a credential that rests elsewhere: it is replaced there. A secret that is pasted would take the place of
/// the reference.
@Suite struct ReferenceAdviceTests {
    private static let af = "agenticflow-enterprise"

    private static func instance(_ entry: String, kind: String = "api_key") -> Instance {
        let instance = Instance(
            config: """
                {
                  gateway: { port: 0, auth: { token: "agw_0123456789abcdefghijklmnopqrstuvwxyzABCD" } },
                  agents: { defaults: { model: "openai/gpt-5" } },
                  auth: { profiles: { "openai:team": { provider: "openai", mode: "\(kind)" } } },
                  secrets: { providers: { vault: { source: "exec", command: "/bin/true" } } },
                }
                """, store: #"{"version": 1, "profiles": {"openai:team": \#(entry)}}"#)
        instance.environment["TEAM_KEY"] = "sk-proj-0123456789abcdef"
        return instance
    }

    private static let views = [
        "models status", "models status --json", "models auth list", "models auth list --json", "doctor",
        "models explain",
    ]

    @Test(arguments: [
        (#"{"source": "env", "id": "TEAM_KEY"}"#, "\(af) env set TEAM_KEY"),
        (#"{"source": "exec", "provider": "vault", "id": "team/openai"}"#, "exec:vault:team/openai"),
    ])
    func `one that is rejected is replaced where it rests`(reference: String, place: String) throws {
        let instance = Self.instance(#"{"type": "api_key", "provider": "openai", "keyRef": \#(reference)}"#)
        try instance.hold("openai:team", .auth, for: 600)
        for line in Self.views {
            let run = instance.run(line)
            #expect(!(run.stdout + run.stderr).contains("--profile-id openai:team"), "\(line): \(run)")
        }
        for line in ["models status", "models auth list --json", "doctor"] {
            let run = instance.run(line)
            #expect(run.stdout.contains("Replace it where "), "\(line): \(run.stdout)")
            #expect(run.stdout.contains(place), "\(line): \(run.stdout)")
        }
    }

    @Test func `one that has expired gets another date with its reference`() throws {
        let instance = Self.instance(
            #"{"type": "token", "provider": "openai", "tokenRef": {"source": "env", "id": "TEAM_KEY"}, "expires": 1600000000000}"#,
            kind: "token")
        let command =
            "models auth add --provider openai --profile-id openai:team --type token --ref env:TEAM_KEY --agent main "
            + "--expires-in 365d"
        for line in ["models status", "models auth list --json", "doctor"] {
            let run = instance.run(line)
            #expect(run.stdout.contains("Run: \(Self.af) \(command)"), "\(line): \(run.stdout)")
            #expect(!run.stdout.contains("paste-token"))
        }
        let run = instance.run(command)
        #expect(run.code == 0)
        #expect(run.stderr == "openai:team is the reference env:TEAM_KEY already: only its date is another one.\n")
        #expect(!instance.run("models status").stdout.contains("It has expired."))
        #expect(
            try JSON(instance.store ?? "")["profiles.openai:team.tokenRef"] == [
                "source": "env", "id": "TEAM_KEY",
            ])
    }
}
