// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Testing

@testable import Commands

#if canImport(Glibc)
    import Glibc
#endif

/// A finding names the cause, and the command that is for that cause.
@Suite struct DoctorCauseTests {
    static func store(_ reference: String) -> String {
        DoctorCheckTests.profiles(
            "\(DoctorCheckTests.work), \"openai:r\": {\"type\": \"api_key\", \"provider\": \"openai\", \"keyRef\": {\(reference)}}"
        )
    }

    static let references: [(reference: String, what: String, why: String, fix: String)] = [
        (
            "\"source\": \"env\", \"id\": \"NOWHERE_KEY\"", "env:NOWHERE_KEY",
            "The variable NOWHERE_KEY is not set.", "Run: agenticflow-enterprise env set NOWHERE_KEY"
        ),
        (
            "\"source\": \"file\", \"id\": \"HOME/open file\"", "file:HOME/open file",
            "~/open file is not safe to use. Other users have access to it.", "Run: chmod 600 ~/'open file'"
        ),
        (
            "\"source\": \"file\", \"id\": \"HOME/gone\"", "file:HOME/gone", "~/gone is not there.",
            "Put the secret there: install -D -m 600 /dev/stdin ~/gone"
        ),
        (
            "\"source\": \"file\", \"id\": \"HOME/short\"", "file:HOME/short",
            "What is there is no credential: 8 to 4096 visible characters without a blank.",
            "Correct what is in ~/short, then run: agenticflow-enterprise doctor"
        ),
        (
            "\"source\": \"file\", \"provider\": \"vault\", \"id\": \"/a\"", "file:vault:/a",
            "secrets.providers.vault is not there, or is no file provider.",
            "Say what it is: agenticflow-enterprise config set secrets.providers.vault '{source: \"file\", path: \"/absolute/path\"}'"
        ),
    ]

    @Test(arguments: references)
    func `a reference without a secret`(_ row: (reference: String, what: String, why: String, fix: String)) throws {
        let instance = Patient.healthy()
        func placed(_ text: String) -> String { text.replacing("HOME", with: instance.home) }
        instance.write("agents/main/agent/auth-profiles.json", Self.store(placed(row.reference)))
        instance.write("../open file", "sk-0123456789\n")
        chmod("\(instance.home)/open file", 0o644)
        instance.write("../short", "x\n")
        instance.settle()
        let run = instance.run("doctor --json --only credential-reference-unresolved")
        let finding = try #require(try JSON(run.stdout)["checks.0"])
        // A reference is a name, which is shown as it stands, and a path in a sentence is one of the home directory.
        #expect(finding["what"] == .string("openai:r refers to \(placed(row.what)), which gives no secret."))
        #expect(finding["why"] == .string("\(row.why) Requests pass it over."))
        #expect(finding["fix"] == .string(row.fix))
        #expect(!run.stdout.contains("paste"))
    }

    @Test func `a referenced file that others may read is tightened`() throws {
        let instance = Patient.healthy()
        instance.write("../secret", "sk-0123456789\n")
        chmod("\(instance.home)/secret", 0o640)
        instance.write(
            "agents/main/agent/auth-profiles.json",
            Self.store("\"source\": \"file\", \"id\": \"\(instance.home)/secret\""))
        instance.settle()
        #expect(instance.run("doctor").stdout.contains("Other users have access to ~/secret (mode 640)."))
        #expect(instance.run("doctor --yes").code == 0)
        #expect(instance.mode(of: "../secret") == 0o600)
        #expect(try instance.findings() == ["gateway-not-running"])
    }

    @Test(arguments: [
        ("json", "value", "file:team", "names no place in it: write file:team:/NAME", "file:team:/NAME"),
        ("text", "/a", "file:team:/a", "is read as one text", "file:team"),
    ])
    func `a reference that does not fit its file is written anew`(
        mode: String, id: String, typed: String, why: String, right: String
    ) throws {
        let instance = Patient.healthy(
            Patient.config(
                top: "secrets: {providers: {team: {source: \"file\", path: \"~/keys\", mode: \"\(mode)\"}}},"))
        instance.write("../keys", "{\"NAME\": \"sk-0123456789\"}\n")
        instance.write(
            "agents/main/agent/auth-profiles.json",
            Self.store("\"source\": \"file\", \"provider\": \"team\", \"id\": \"\(id)\""))
        let run = instance.run("doctor --json --only credential-reference-unresolved")
        let finding = try #require(try JSON(run.stdout)["checks.0"])
        #expect(finding["what"] == .string("openai:r refers to \(typed), which gives no secret."))
        #expect(run.stdout.contains(why), "\(run.stdout)")
        let command =
            "models auth add --provider openai --profile-id openai:r --ref \(right)"
        #expect(finding["fix"] == .string("Write the reference anew: agenticflow-enterprise \(command)"))
        if mode == "json" {
            #expect(instance.run("\(command)").code == 0)
            #expect(!(try instance.findings().contains("credential-reference-unresolved")))
        }
    }

    // MARK: Programs

    @Test func `programs are asked only when that is said`() throws {
        let instance = Patient.healthy(
            Patient.config(
                top: "secrets: {providers: {vault: {source: \"exec\", command: \"HOME/vault\"}}},"))
        instance.write(
            "agenticflow-enterprise.json", instance.config?.replacing("HOME", with: instance.home) ?? "")
        instance.write(
            "agents/main/agent/auth-profiles.json",
            Self.store("\"source\": \"exec\", \"provider\": \"vault\", \"id\": \"openai\""))
        instance.write("../vault", "#!/bin/sh\ntouch \"$(dirname \"$0\")/asked\"\necho sk-CANARY-0123456789\nexit 3\n")
        chmod("\(instance.home)/vault", 0o700)
        instance.settle()
        for words in ["doctor", "doctor --json", "doctor --lint", "models status"] { _ = instance.run(words) }
        #expect(!instance.files.contains("asked"))
        let run = instance.run("doctor --allow-exec")
        #expect(instance.files.contains("asked"))
        #expect(run.stdout.contains("openai:r refers to exec:vault:openai, which gives no secret."), "\(run.stdout)")
        #expect(run.stdout.contains("why: ~/vault ended with exit code 3. Requests pass it over."))
        #expect(!run.stdout.contains("CANARY"))
    }

    // MARK: Credentials that cannot be sent

    @Test func `what is wrong with a credential is said`() throws {
        let instance = Instance(
            config: """
                {gateway: {port: 0}, models: {providers: {openai: {apiKey: "short"}}},
                 auth: {profiles: {"anthropic:work": {provider: "anthropic", mode: "token"}}}}
                """,
            store: DoctorCheckTests.profiles(
                "\(DoctorCheckTests.work), \"xai:a\": {\"type\": \"api_key\", \"provider\": \"xai\", \"key\": \"with a blank\"}"
            ))
        instance.environment["GROQ_API_KEY"] = "tiny"
        instance.settle()
        let run = instance.run("doctor --json --only credential-ineligible")
        guard case .array(let checks) = try JSON(run.stdout)["checks"] else { return #expect(Bool(false)) }
        #expect(
            checks.map { $0["what"] } == [
                "GROQ_API_KEY of the environment has fewer than 8 characters, so no request is sent with it.",
                "anthropic:work is stored as anthropic/api_key, and auth.profiles of the configuration says anthropic/token.",
                "xai:a has a blank inside.",
                "models.providers.openai.apiKey has fewer than 8 characters.",
            ])
        #expect(
            checks.last?["fix"]
                == "Run: agenticflow-enterprise env set OPENAI_API_KEY, then: agenticflow-enterprise config set models.providers.openai.apiKey '${OPENAI_API_KEY}'"
        )
    }

    @Test func `a profile that an order leaves out is told, unless a session is pinned to it`() throws {
        let instance = Instance(
            config: Patient.config(order: "order: { anthropic: [\"anthropic:work\"] },"),
            store: DoctorCheckTests.profiles(
                "\(DoctorCheckTests.work), \"anthropic:spare\": {\"type\": \"api_key\", \"provider\": \"anthropic\", \"key\": \"sk-ant-api03-spare\"}"
            ))
        #expect(try instance.findings().contains("credential-unused"))
        instance.write(
            "agents/main/agent/auth-health.jsonl",
            "{\"v\":1,\"session\":\"main/s\",\"provider\":\"anthropic\",\"profile\":\"anthropic:spare\",\"since\":1789999000}\n"
        )
        #expect(try !instance.findings().contains("credential-unused"))
    }

    // MARK: The working directory

    @Test func `what only a shell can set is not advised for a file`() throws {
        let instance = Patient.healthy()
        instance.write("../project/.env", "AGENTICFLOW_STATE_DIR=/x\nMISTRAL_API_KEY=a\nGROQ_API_KEY=b\n")
        let context = CommandContext(
            terminal: .standard, environment: instance.environment, workingDirectory: "\(instance.home)/project",
            now: { Instance.now })
        let finding = try Survey(context).findings().first { $0.id == .envWorkingDirectoryIgnored }
        #expect(
            finding?.what
                == "AGENTICFLOW_STATE_DIR, GROQ_API_KEY, MISTRAL_API_KEY in ~/project/.env are ignored.")
        #expect(
            finding?.fix
                == "If they are meant, run: agenticflow-enterprise env set GROQ_API_KEY; agenticflow-enterprise env set MISTRAL_API_KEY. AGENTICFLOW_STATE_DIR can only be set in the shell: export NAME=VALUE"
        )
    }

    // MARK: A secret that the gateway alone still has

    @Test func `no restart is advised while what was last known of a secret is sent`() {
        let problem = "anthropic:pm refers to exec:vault:x. It gave no answer. What was last known of it stays in use."
        let instance = Patient.healthy()
        instance.settle()
        let status = Patient.healthy.replacing("[], \"cred", with: "[\"\(problem)\", \"It is tired.\"], \"cred")
        let gateway = PretendGateway(instance, answers: ["/api/v1/status": (200, status)])
        let report = instance.run("doctor --only gateway-problem").stdout
        withExtendedLifetime(gateway) {}
        let parts = report.split(separator: "The gateway says: ")
        #expect(parts.count == 3)
        let (kept, other) = (parts.first { $0.hasPrefix("anthropic:pm") }, parts.first { $0.hasPrefix("It is tired.") })
        #expect(kept?.contains("restart it") == false && kept?.contains("doctor --allow-exec") == true, "\(report)")
        #expect(other?.contains("restart it: end process") == true, "\(report)")
    }

    // MARK: Copies to go back to

    @Test(arguments: [nil, "{ half", "{}"]) func `only a copy that can be read is advised`(copy: String?) {
        let instance = Patient.healthy("{ gateway: {")
        if let copy { instance.write("agenticflow-enterprise.json.bak", copy) }
        let isGood = copy == "{}"
        instance.settle()
        let doctor = instance.run("doctor --only config-unreadable").stdout
        #expect(
            doctor.contains(
                "cp ~/.agenticflow-enterprise/agenticflow-enterprise.json.bak ~/.agenticflow-enterprise/agenticflow-enterprise.json"
            ) == isGood, "\(doctor)")
        #expect(instance.run("config get gateway").stderr.contains("json.bak") == isGood)
    }
}

/// Other places where this product keeps things.
@Suite struct OtherStatesTests {
    @Test func `homes of others are looked into, as far as they show`() throws {
        let instance = Patient.healthy()
        let context = {
            var context = CommandContext(
                terminal: .standard, environment: instance.environment, now: { Instance.now })
            context.homes = ["\(instance.home)/homes", "\(instance.home)/nowhere"]
            return context
        }()
        for name in [
            "homes/ann/.agenticflow-enterprise/x", "homes/bob/.agenticflow-enterprise-second/x", "homes/eve/x",
        ] {
            instance.write("../\(name)", "")
        }
        let found = try Survey(context).findings().filter { $0.id == .otherStateDir }
        #expect(
            found.map(\.what) == [
                "There is another state directory: ~/homes/ann/.agenticflow-enterprise.",
                "There is another state directory: ~/homes/bob/.agenticflow-enterprise-second.",
            ])
        #expect(
            found.first?.fix
                == "To look at it: AGENTICFLOW_STATE_DIR=~/homes/ann/.agenticflow-enterprise agenticflow-enterprise doctor"
        )
    }
}

@Suite struct PortHolderTests {
    static let commands: [([String], String)] = [
        (["node", "/srv/app.js", "--port", "18789"], "node /srv/app.js --port 18789"),
        (["serve", "--api-key", "abc", "x"], "serve --api-key **** x"),
        (["serve", "--token=abc"], "serve --token=****"),
        (["redis-server", "--requirepass", "s3cr3tpassw0rd", "--save"], "redis-server --requirepass **** --save"),
        (
            ["redis-server", "--masterauth=open sesame", "--dir", "/srv/x"],
            "redis-server --masterauth=**** --dir /srv/x"
        ),
        (["serve", "--db-passphrase", "correct", "--verbose"], "serve --db-passphrase **** --verbose"),
        (["serve", "sk-ant-api03-abcdefghijklmnop"], "serve (not shown)"), ([], "serve"),
        (["ssh", "-L", "18789:localhost:80", "http://u:p@h/x"], "ssh -L 18789:localhost:80 http://****@h/x"),
        (["ssh", "-N", "-L18789:10.0.0.7:80", "ann@h1"], "ssh -N -L18789:10.0.0.7:80 ****"),
        (["autossh", "-R", "*:18789:localhost:22", "h"], "autossh -R *:18789:localhost:22 h"),
        (["python3", "-m", "http.server", "18789"], "python3 -m http.server 18789"),
        (["serve", "-p", "18789", "--bind=127.0.0.1:18789"], "serve -p 18789 --bind=127.0.0.1:18789"),
        // Of another port, of a host that may be a word, with a secret's name before it: nothing is taken on trust.
        (["ssh", "-L", "8080:localhost:80"], "ssh -L ****"), (["serve", "-p", "18788"], "serve -p ****"),
        (["ssh", "-L", "18789:hunter22:80"], "ssh -L ****"), (["serve", "ann:hunter22:18789"], "serve ****"),
        (["serve", "sk-ant-api03-abcdefghijklmnop:18789"], "serve (not shown)"),
        (["serve", "--pin=18789"], "serve --pin=****"), (["mysql", "-p18789"], "mysql -p****"),
        (["curl", "-u18789:1234"], "curl -u****"), (["serve", "--token", "18789"], "serve --token ****"),
        (["serve", "018789", "+18789", "18789x"], "serve **** **** ****"),
    ]

    @Test(arguments: commands) func `a command line is shown without secrets`(words: [String], shown: String) {
        #expect(PortHolder.shown(words, or: "serve", on: 18789) == shown)
    }

    @Test func `the holder of a port is found by its number, address and owner`() {
        let squatter = Squatter()
        let found = withExtendedLifetime(squatter) { PortHolder.all(on: squatter.port) }
        #expect(found.count == 1)
        #expect(found.first?.pid == Int(getpid()))
        #expect(found.first?.address == "127.0.0.1")
        #expect(found.first?.user == Account.name(of: geteuid()) ?? "user \(geteuid())")
    }
}

@Suite struct HomePathTests {
    static let texts: [(String, String)] = [
        ("/home/a/x cannot be read.", "~/x cannot be read."), ("/home/ab/x", "/home/ab/x"),
        ("cp '/home/a/x.bak' '/home/a/x'", "cp ~/x.bak ~/x"), ("chmod 600 '/home/a/b c/d'", "chmod 600 ~/'b c/d'"),
        ("(/home/a)", "(~)"), ("/srv/home/a/x", "/srv/home/a/x"), ("file:/home/a/x", "file:/home/a/x"),
        ("--dir=/home/a/x", "--dir=/home/a/x"), ("\"/home/a/x\"", "\"/home/a/x\""), ("nothing", "nothing"),
        ("/home/a/x and /home/a/y", "~/x and ~/y"), ("it's '/home/a/x", "it's '~/x"),
    ]

    @Test(arguments: texts) func `paths of the home directory are shortened`(text: String, shown: String) throws {
        #expect(try #require(HomePath("/home/a")).shown(in: text) == shown)
    }

    @Test func `a path as a word of a command line`() throws {
        let home = try #require(HomePath("/home/a/"))
        #expect(home.typed("/home/a/x") == "~/x")
        #expect(home.typed("/home/a/it's") == "~/'it'\\''s'")
        #expect(home.typed("/srv/a b") == "'/srv/a b'")
        #expect(HomePath("/") == nil && HomePath("relative") == nil && HomePath(nil) == nil)
    }
}
