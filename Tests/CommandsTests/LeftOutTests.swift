// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Rotation
import Testing

/// An order that names only what cannot be sent, beside something that can be: every command says the same of it.
@Suite struct LeftOutTests {
    private static let store = """
        {"version": 1, "profiles": {
          "anthropic:old": {"type": "token", "provider": "anthropic", "token": "anthropic-token-123456", "expires": 1000},
          "anthropic:bare": {"type": "api_key", "provider": "anthropic"},
          "anthropic:work": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-workworkwork"}
        }}
        """
    private static let agents = "agents: {list: [{id: 'main', default: true}, {id: 'coder'}]}"
    private static let what = "The order leaves out every Anthropic credential that could be sent."
    private static let set = "agenticflow-enterprise models auth order set --provider anthropic"

    struct Row: Sendable, CustomTestStringConvertible {
        var order: String
        /// What stands before the id that is left out in the command.
        var kept = ""
        var testDescription: String { order }
    }

    @Test(arguments: [
        Row(order: "'anthropic:old'", kept: "anthropic:old "),
        Row(order: "'anthropic:bare', 'anthropic:old'", kept: "anthropic:bare anthropic:old "), Row(order: ""),
    ])
    func `one in the configuration is named by every command, and the fix mends it`(row: Row) throws {
        let instance = Instance(config: "{auth: {order: {anthropic: [\(row.order)]}}}", store: Self.store)
        let place = "It is auth.order.anthropic in the configuration, which names "
        let fix = "Run: \(Self.set) \(row.kept)anthropic:work"
        for words in ["models explain --model anthropic/x", "models status"] {
            let out = instance.run(words).stdout
            #expect(out.contains("\(Self.what) \(place)"), "\(words)")
            #expect(
                out.contains("left out: anthropic:work. \(fix); or correct auth.order.anthropic in the configuration\n")
            )
        }
        let explained = instance.run("models explain --model anthropic/x").stdout
        #expect(
            explained.contains(
                "Next for anthropic/x: none. The order leaves out every credential that could be sent.\n"))
        #expect(!explained.contains("No usable credential is stored"))
        let json = try JSON(instance.run("models explain --model anthropic/x --json").stdout)
        #expect(json["unavailable.code"] == "no_credential" && json["unavailable.leftOut"] == ["anthropic:work"])
        let status = try JSON(instance.run("models status --json").stdout)
        #expect(status["auth.providers.0.leftOut.order"] == "config")
        #expect(status["auth.providers.0.leftOut.profileIds"] == ["anthropic:work"])
        let check = instance.run("models status --check")
        #expect(check.code == 1)
        #expect(check.stderr.contains("an order leaves out every credential of anthropic that could be sent"))
        let doctor = instance.run("doctor --lint")
        #expect(doctor.stdout.contains("error: \(Self.what) [auth-order-empties-provider]\n    why: \(place)"))
        #expect(doctor.stdout.contains("    fix: \(fix); or correct"))

        let line = fix.dropFirst("Run: agenticflow-enterprise ".count)
        #expect(instance.run(String(line)).code == 0)
        let mended = try JSON(instance.run("models explain --model anthropic/x --json").stdout)
        #expect(mended["next"] == "anthropic:work")
        #expect(!instance.run("doctor --lint").stdout.contains("auth-order-empties-provider"))
        #expect(!instance.run("models status").stdout.contains(Self.what))
    }

    private static let stale = "Run: agenticflow-enterprise config unset auth.order.anthropic"

    @Test(arguments: ["'anthropic:gone'", "'anthropic:gone', 'anthropic:older'"])
    func `one in the configuration that names only what is gone is taken away`(order: String) throws {
        let instance = Instance(config: "{auth: {order: {anthropic: [\(order)]}}}", store: Self.store)
        let fix = "\(Self.stale); or choose anew: \(Self.set) anthropic:work\n"
        for words in ["models explain --model anthropic/x", "models status", "doctor --lint"] {
            let out = instance.run(words).stdout
            #expect(out.contains(fix), "\(words): \(out)")
        }
        let status = instance.run("models status").stdout
        #expect(status.contains("Change the order with: \(Self.stale.dropFirst("Run: ".count))\n"), "\(status)")
        let doctor = instance.run("doctor --lint").stdout
        #expect(!doctor.contains("[nothing-to-send]") && !doctor.contains("[auth-order-orphan]"), "\(doctor)")

        #expect(instance.run("config unset auth.order.anthropic").code == 0)
        let mended = try JSON(instance.run("models explain --model anthropic/x --json").stdout)
        #expect(mended["next"] == "anthropic:work" && mended["orderSource"] == "automatic")
        #expect(!instance.run("doctor --lint").stdout.contains("auth-order"))
    }

    @Test func `the place is quoted as the command takes it`() throws {
        let instance = Instance(
            config:
                "{auth: {order: {'z.ai': ['z.ai:gone']}}, models: {providers: {'z.ai': {baseUrl: 'http://127.0.0.1:9', api: 'openai-completions'}}}}",
            store:
                #"{"version":1,"profiles":{"z.ai:a":{"type":"api_key","provider":"z.ai","key":"sk-zai-0123456789"}}}"#)
        let out = instance.run("models explain --model z.ai/x").stdout
        #expect(
            out.contains("Run: agenticflow-enterprise config unset 'auth.order[\"z.ai\"]'; or choose anew: "), "\(out)")
        #expect(instance.run(["config", "unset", "auth.order[\"z.ai\"]"]).code == 0)
        #expect(try JSON(instance.run("models explain --model z.ai/x --json").stdout)["next"] == "z.ai:a")
    }

    @Test func `one of a store that names only what is gone is cleared`() throws {
        let store = Self.store.replacing(
            "\"profiles\": {", with: "\"order\": {\"anthropic\": [\"anthropic:gone\"]}, \"profiles\": {")
        let instance = Instance(store: store)
        let clear = "models auth order clear --provider anthropic"
        let fix = "Run: agenticflow-enterprise \(clear); or choose anew: \(Self.set) anthropic:work\n"
        for words in ["models explain --model anthropic/x", "models status", "doctor --lint"] {
            let out = instance.run(words).stdout
            #expect(out.contains(fix), "\(words): \(out)")
        }
        #expect(instance.run(clear).code == 0)
        #expect(try JSON(instance.run("models explain --model anthropic/x --json").stdout)["next"] == "anthropic:work")
    }

    @Test(arguments: [
        // Another one of the configuration would count, and is no better.
        ("{auth: {order: {anthropic: ['anthropic:older']}}}", #""order": {"anthropic": ["anthropic:gone"]}, "#, "{}"),
        // Another agent has it.
        (
            "{\(agents), auth: {order: {anthropic: ['anthropic:own']}}}", "",
            #"{"version":1,"profiles":{"anthropic:own":{"type":"api_key","provider":"anthropic","key":"sk-ant-api03-ownown"}}}"#
        ),
        // The gateway may have it.
        ("{auth: {order: {anthropic: ['anthropic:env']}}}", "", "{}"),
        // It stands there twice.
        ("{auth: {order: {anthropic: ['anthropic:gone'], anthropic: ['anthropic:gone']}}}", "", "{}"),
    ])
    func `one that somebody may need, or that another one would follow, is not taken away`(
        config: String, order: String, coder: String
    ) {
        let instance = Instance(
            config: config, store: Self.store.replacing("\"profiles\": {", with: "\(order)\"profiles\": {"))
        instance.write("agents/coder/agent/auth-profiles.json", coder)
        let out = instance.run("models explain --model anthropic/x").stdout
        #expect(out.contains("Run: \(Self.set) anthropic:work; or "), "\(out)")
    }

    @Test func `one that an included file has a part in is for an editor`() {
        let instance = Instance(config: "{$include: './orders.json'}", store: Self.store)
        instance.write("orders.json", "{auth: {order: {anthropic: ['anthropic:gone']}}}")
        let out = instance.run("models explain --model anthropic/x").stdout
        #expect(out.contains("Run: \(Self.set) anthropic:work; or correct auth.order.anthropic"), "\(out)")
    }

    @Test func `one that was just set is warned of, with what mends it for that agent`() throws {
        let instance = Instance(config: "{\(Self.agents)}", store: Self.store)
        let words = "models auth order set --provider anthropic --agent coder anthropic:old"
        let run = instance.run(words)
        #expect(run.code == 0)
        let clear = "agenticflow-enterprise models auth order clear --provider anthropic --agent coder"
        #expect(
            run.stderr == """
                warning: \(Self.what)
                  why: It is the order of agent coder, which names only anthropic:old; left out: anthropic:work.
                  fix: Run: \(Self.set) --agent coder anthropic:old anthropic:work; or take the order away: \(clear)

                """)
        let json = instance.run("\(words) --json")
        #expect(json.code == 0 && json.stderr == run.stderr)
        #expect(try JSON(json.stdout)["order"] == ["anthropic:old"])
        let explained = instance.run("models explain --model anthropic/x --agent coder").stdout
        #expect(explained.contains("It is the order of agent coder, which names only anthropic:old; left out: "))
        #expect(
            explained.contains("(agenticflow-enterprise models auth order get --provider anthropic --agent coder)\n"))
        #expect(
            instance.run("models explain --model anthropic/x").stdout.contains("Next for anthropic/x: anthropic:work."))
        #expect(instance.run("doctor --lint").stdout.contains("[auth-order-empties-provider]"))
        let cleared = instance.run("models auth order clear --provider anthropic --agent coder")
        #expect(cleared.code == 0 && cleared.stderr.isEmpty)
        #expect(!instance.run("doctor --lint").stdout.contains("[auth-order-empties-provider]"))
    }

    @Test func `an order of which something can be sent is not warned of, nor one that the gateway alone can judge`() {
        let instance = Instance(store: Self.store)
        let set = "models auth order set --provider anthropic"
        #expect(instance.run("\(set) anthropic:old anthropic:work").stderr.isEmpty)
        #expect(
            instance.run("\(set) anthropic:env").stderr
                == "anthropic:env is not set where this command runs; it counts where the gateway has it.\n")
    }

    @Test func `when nothing else could be sent either the warning says why`() {
        let store = Self.store.replacing(", \"key\": \"sk-ant-api03-workworkwork\"", with: "")
        let run = Instance(store: store).run("models auth order set --provider anthropic anthropic:old anthropic:bare")
        #expect(run.code == 0)
        #expect(
            run.stderr == """
                warning: Nothing that the order names can be sent.
                  why: anthropic:bare holds no secret; anthropic:old has expired.
                  fix: Replace it with: agenticflow-enterprise models auth paste-api-key --provider anthropic --profile-id anthropic:bare

                """)
    }

    @Test func `taking an order away may bring back one of the configuration that leaves out everything`() {
        let instance = Instance(config: "{auth: {order: {anthropic: ['anthropic:old']}}}", store: Self.store)
        #expect(instance.run("models auth order set --provider anthropic anthropic:work").stderr.isEmpty)
        let run = instance.run("models auth order clear --provider anthropic")
        #expect(run.code == 0)
        #expect(run.stderr.hasPrefix("warning: \(Self.what)\n  why: It is auth.order.anthropic in the configuration"))
    }

    @Test func `notes in auth.profiles that leave out everything are named as that`() {
        let notes = "{auth: {profiles: {'anthropic:old': {provider: 'anthropic', mode: 'token'}}}}"
        let out = Instance(config: notes, store: Self.store).run("models explain --model anthropic/x").stdout
        #expect(
            out.contains(
                "Clients are told: auth.profiles leaves out every Anthropic credential that could be sent. It is auth.profiles "
                    + "in the configuration, which notes others, of which none can be sent; left out: anthropic:work. Run: \(Self.set) "
                    + "anthropic:work; or correct auth.profiles in the configuration\n"), "\(out)")
    }

    @Test func `a fallback that serves the request is named instead of a refusal`() throws {
        let config = """
            {agents: {defaults: {model: {primary: "anthropic/claude-sonnet-4-5", fallbacks: ["minimax/m2"]}}},
             auth: {order: {anthropic: ["anthropic:gone"]}}}
            """
        let instance = Instance(config: config, store: Self.store)
        #expect(instance.run("models explain").stdout.contains("Also: nothing is stored for MiniMax. \(Self.stale)"))
        instance.environment["MINIMAX_API_KEY"] = "minimax-key-0123456789"
        let out = instance.run("models explain").stdout
        #expect(out.contains("\nServed by: minimax/m2, the first fallback that can be asked\n"))
        #expect(!out.contains("Clients are told"))
        #expect(
            try JSON(instance.run("models explain --json").stdout)["unavailable.servedBy"] == "minimax/m2")
    }

    @Test func `of several reasons each is told`() throws {
        let instance = Instance(store: Self.store)
        try instance.hold("anthropic:work", .billing, for: 600)
        let out = instance.run("models explain --model anthropic/x").stdout
        #expect(
            out.contains(
                "Clients are told: No Anthropic credential can be used now. Of the soonest: Anthropic reports no"))
        #expect(
            out.contains(" Also: anthropic:old has expired; anthropic:bare holds no secret\n"), "\(out)")
    }
}

/// What is known stands in a command that is advised, not a placeholder for it.
@Suite struct AdvisedWordsTests {
    @Test(arguments: [
        ("models explain --agent Coder2", "agenticflow-enterprise agents add coder2"),
        ("models status --agent ..", "agenticflow-enterprise agents add NAME"),
        (
            "models set anthropic/x@anthropic:work",
            "To use that profile alone: agenticflow-enterprise models auth order set --provider anthropic anthropic:work"
        ),
        (
            "models set anthropic/x@anthropic:wrok",
            "To use anthropic:work alone: agenticflow-enterprise models auth order set --provider anthropic anthropic:work"
        ),
        // A command that names what there is not would fail.
        ("models set anthropic/x@anthropic:other", "Leave out what begins with @"),
    ])
    func `the fix names what was typed`(words: String, fix: String) {
        let instance = Instance(
            store: """
                {"version": 1, "profiles": {"anthropic:work": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-0123456789"}}}
                """)
        let run = instance.run(words)
        #expect(run.code == 64 || run.code == 65)
        #expect(run.stderr.contains("\(fix)\n"), "\(run.stderr)")
    }

    @Test func `advice about an agent's order and profiles names the agent`() {
        let instance = Instance(config: "{agents: {list: [{id: 'main', default: true}, {id: 'coder'}]}}")
        let set = "models auth order set --provider anthropic --agent coder"
        #expect(instance.run(set).stderr.contains("order clear --provider anthropic --agent coder\n"))
        #expect(instance.run("\(set) anthropic:x").stderr.contains("models auth list --agent coder\n"))
    }
}
