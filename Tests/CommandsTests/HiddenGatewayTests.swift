// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Rotation
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A gateway whose lock, or whose note of where it listens, cannot be looked at: nobody says that there is none.
@Suite struct HiddenGatewayTests {
    private static let store =
        #"{"version":1,"profiles":{"openai:a":{"type":"api_key","provider":"openai","key":"sk-test-aaaaaa"}}}"#
    private static let unknown = "error: Whether a gateway runs on this state directory cannot be told.\n"

    /// A file with two names is refused, whoever asks.
    private static func hide(_ name: String, of instance: Instance) {
        link("\(instance.state)/\(name)", "\(instance.state)/\(name).too")
    }

    private static func running() -> (Instance, PretendGateway) {
        let instance = Instance(config: "{gateway: {port: 18789}}", store: store)
        return (instance, PretendGateway(instance, answers: nil))
    }

    @Test func `by its status and its health`() throws {
        let (instance, gateway) = Self.running()
        Self.hide("gateway.lock", of: instance)
        let status = instance.run("gateway status")
        #expect(status.code == 77)
        #expect(status.stdout.hasPrefix("Gateway:   unknown\nConfig:    "), "\(status.stdout)")
        #expect(!status.stdout.contains("Start it with") && !status.stdout.contains("18789"))
        #expect(status.stderr.hasPrefix(Self.unknown) && !status.stdout.contains("- "), "\(status.stderr)")
        let json = instance.run("gateway status --json")
        #expect(json.code == 77)
        #expect(try JSON(json.stdout)["state"] == "unknown")
        #expect(try JSON(json.stdout)["url"] == JSON.null)
        let health = instance.run("gateway health")
        #expect(health.code == 77 && health.stderr.hasPrefix(Self.unknown), "\(health.stderr)")
        withExtendedLifetime(gateway) {}
    }

    @Test func `a note that cannot be read is named, and no port is guessed`() {
        let (instance, gateway) = Self.running()
        Self.hide("gateway.json", of: instance)
        let health = instance.run("gateway health")
        #expect(health.code == 77)
        #expect(
            health.stderr.hasPrefix(
                "error: A gateway runs on this state directory; where it listens cannot be told.\n  why: "
                    + "~/.agenticflow-enterprise/gateway.json "), "\(health.stderr)")
        let status = instance.run("gateway status")
        #expect(status.code == 77 && status.stdout.hasPrefix("Gateway:   running\nConfig:    "), "\(status.stdout)")
        withExtendedLifetime(gateway) {}
    }

    @Test func `views say that they are of the files, and why`() {
        let (instance, gateway) = Self.running()
        Self.hide("gateway.lock", of: instance)
        for command in ["models explain --model openai/gpt-5", "models status"] {
            let run = instance.run(command)
            #expect(run.code == 0)
            #expect(run.stdout.hasPrefix("View: files (what a gateway would say cannot be told)\n"), "\(run.stdout)")
            #expect(run.stderr.hasPrefix(Self.unknown.replacing("error", with: "warning")), "\(run.stderr)")
        }
        let set = instance.run("config set agents.defaults.model.primary openai/gpt-5")
        #expect(set.code == 0)
        #expect(set.stderr.contains("Whether a gateway runs on this state directory cannot be told. "))
        withExtendedLifetime(gateway) {}
    }

    @Test func `nothing is cleared behind its back, and no second token is made`() throws {
        let (instance, gateway) = Self.running()
        try instance.hold("openai:a", .rateLimit, for: 600)
        Self.hide("gateway.lock", of: instance)
        instance.environment["AGENTICFLOW_GATEWAY_TOKEN"] = nil
        let before = instance.snapshot
        for command in [
            "models auth clear-cooldown openai:a", "models auth clear-cooldown --all",
            "doctor --generate-gateway-token",
        ] {
            let run = instance.run(command)
            #expect(run.code == 77 && run.stderr.hasPrefix(Self.unknown), "\(command): \(run.stderr)")
            #expect(instance.snapshot == before)
        }
        withExtendedLifetime(gateway) {}
    }

    @Test func `another account's is told to be asked as that account, not to be taken over`() {
        guard geteuid() == 0 else { return }
        let instance = Instance(config: "{}")
        chown(instance.state, 65_534, 65_534)
        let run = instance.run("gateway health")
        #expect(run.code == 77 && run.stderr.hasPrefix(Self.unknown), "\(run.stderr)")
        let fix = run.stderr.split(separator: "\n").first { $0.hasPrefix("  fix: ") }
        #expect(
            fix?.hasSuffix(
                "AGENTICFLOW_STATE_DIR=\(instance.state) agenticflow-enterprise gateway health") == true,
            "\(run.stderr)")
        #expect(fix?.contains("sudo -u ") == true && fix?.contains("chown") == false)
    }

    @Test(arguments: [
        (["gateway.auth.token", "CANARY"], "gateway.auth.token --stdin"),
        (["models.providers.lab", "{apiKey: 'CANARY'}", "--string"], "models.providers.lab --stdin --string"),
        (["env.vars.A", "--", "--CANARY"], "env.vars.A --stdin"),
        (["gateway.port", "18790"], "gateway.port 18790"),
    ])
    func `what is to be typed as another account repeats no secret`(words: [String], typed: String) {
        guard geteuid() == 0 else { return }
        let instance = Instance(config: "{}")
        chown(instance.state, 65_534, 65_534)
        let told = instance.run(["config", "set"] + words)
        #expect(told.code == 77 && !"\(told)".contains("CANARY"), "\(told)")
        #expect(told.stderr.contains(" agenticflow-enterprise config set \(typed)\n"), "\(told.stderr)")
    }

    @Test func `a configuration that may not be read is no broken one`() {
        let instance = Instance()
        instance.write("agenticflow-enterprise.json", "{}")
        // A link is refused, whoever asks.
        rename("\(instance.state)/agenticflow-enterprise.json", "\(instance.home)/moved")
        symlink("\(instance.home)/moved", "\(instance.state)/agenticflow-enterprise.json")
        #expect(instance.run("gateway token").code == 77)
        instance.write("other.json", "{")
        instance.environment["AGENTICFLOW_CONFIG_PATH"] = "\(instance.state)/other.json"
        #expect(instance.run("gateway token").code == 78)
    }
}

/// What was noted while the clock was wrong, as commands without a gateway see it.
@Suite struct NotedAheadTests {
    private static let now = Instance.now.timeIntervalSince1970
    private static let year: TimeInterval = 365 * 86_400

    @Test(
        arguments: [
            (now + year, now + year + 900, now + 900),
            (now - 60, 8_640_000_000_000, now + 7 * 86_400 + 60),
            (now + 5, 8_640_000_000_000, now + 7 * 86_400 + 60),
            (now - 60, now + 840, now + 840),
        ] as [(Double, Double, Double)])
    func `no window holds longer than it was meant to`(since: Double, until: Double, ends: Double) throws {
        let store =
            #"{"version":1,"profiles":{"openai:a":{"type":"api_key","provider":"openai","key":"sk-test-aaaaaa"}}}"#
        let instance = Instance(store: store)
        instance.write(
            "agents/main/agent/auth-health.jsonl",
            """
            {"v":1,"id":"openai:a","agent":"main","windows":[{"reason":"rate_limit","since":\(Int(since)),\
            "until":\(Int(until)),"origin":"ladder","evidence":"e"}]}

            """)
        let status = try JSON(instance.run("models status --json").stdout)
        #expect(status["auth.oauth.profiles.0.until"] == .number(ends * 1000))
        let explained = try JSON(instance.run("models explain --model openai/gpt-5 --json").stdout)
        #expect(explained["candidates.0.until"] == .number(ends * 1000))
    }
}
