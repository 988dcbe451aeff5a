// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Rotation
import Testing

private let config = """
    {
      // kept
      auth: {
        profiles: {
          'anthropic:work': { provider: 'anthropic', mode: 'api_key' }, // gone
          'anthropic:home': { provider: 'anthropic', mode: 'api_key' },
        },
        order: { anthropic: ['anthropic:work', 'anthropic:home'], Anthropic: ['anthropic:work'] },
      },
      agents: { list: [{ id: 'main', default: true }, { id: 'coder' }] },
    }

    """
private let store = """
    {"version":1,"profiles":{
     "anthropic:work":{"type":"api_key","provider":"anthropic","key":"sk-CANARY-work-1"},
     "anthropic:home":{"type":"api_key","provider":"anthropic","key":"sk-CANARY-home-1","note":[1,2]}},
     "order":{"anthropic":["anthropic:work"]},"mine":true}
    """

@Suite struct LogoutTests {
    @Test func `it is taken out of the store and out of every order, and nothing else is`() throws {
        let instance = Instance(config: config, store: store)
        let run = instance.run("models auth logout anthropic:work --yes")
        #expect(
            run
                == Transcript(
                    stdout: """
                        Updated ~/.agenticflow-enterprise/agenticflow-enterprise.json
                        Updated ~/.agenticflow-enterprise/agents/main/agent/auth-profiles.json
                        Removed auth profile: anthropic:work (anthropic/api_key)

                        """,
                    stderr: """
                        The order of anthropic names nothing else, and counts no more. Used from now on: \
                        anthropic:home. To choose among them, run: agenticflow-enterprise models auth order set \
                        --provider anthropic ID...
                        It is removed here only. Until you revoke it there, anthropic still accepts it.

                        """, code: 0
                ))
        let after = try JSON(instance.store ?? "")
        #expect(after["profiles.anthropic:work"] == nil)
        #expect(
            after["profiles.anthropic:home"]
                == ["type": "api_key", "provider": "anthropic", "key": "sk-CANARY-home-1", "note": [1, 2]])
        #expect(after["order.anthropic"] == nil)
        #expect(after["mine"] == true)
        let text = try #require(instance.config)
        #expect(!text.contains("anthropic:work"))
        #expect(text.contains("// kept") && text.contains("order: { anthropic: ['anthropic:home']  }"))
    }

    private static let lone = "{auth: {order: {anthropic: ['anthropic:work']}}}"

    @Test(
        arguments: [
            ("the last of an order", lone, #"{"version":1,"profiles":{PROFILES}}"#, "anthropic:home"),
            (
                "the last of the agent's own order", "{}",
                #"{"version":1,"profiles":{PROFILES},"order":{"anthropic":["anthropic:work"]}}"#, "anthropic:home"
            ),
            (
                "behind the own order the configuration's goes on",
                "{auth: {order: {anthropic: ['anthropic:work', 'anthropic:third']}}}",
                #"{"version":1,"profiles":{PROFILES},"order":{"anthropic":["anthropic:work"]}}"#, "anthropic:third"
            ),
            (
                "the order names another, too", "{auth: {order: {anthropic: ['anthropic:work', 'anthropic:third']}}}",
                #"{"version":1,"profiles":{PROFILES}}"#, nil
            ),
            ("there is no order", "{}", #"{"version":1,"profiles":{PROFILES}}"#, nil),
        ] as [(String, String, String, String?)])
    func `whoever takes the last of an order hears who is used then`(
        name: String, config: String, store: String, released: String?
    ) throws {
        var profiles = ["work", "home"]
        if config.contains("third") { profiles.append("third") }
        let entries = profiles.map {
            #""anthropic:\#($0)":{"type":"api_key","provider":"anthropic","key":"sk-CANARY-\#($0)-1"}"#
        }
        let instance = Instance(
            config: config,
            store: String(decoding: store.utf8, as: UTF8.self).split(separator: "PROFILES").joined(
                separator: entries.joined(separator: ",")))
        let run = instance.run("models auth logout anthropic:work --yes")
        let expected = released.map {
            "The order of anthropic names nothing else, and counts no more. Used from now on: \($0). To choose among "
                + "them, run: agenticflow-enterprise models auth order set --provider anthropic ID...\n"
        }
        #expect(
            run.stderr == (expected ?? "")
                + "It is removed here only. Until you revoke it there, anthropic still accepts it.\n",
            "\(name)")
        #expect(run.code == 0)
    }

    @Test(arguments: [true, false])
    func `an order that goes on naming it releases nobody`(isIncluded: Bool) throws {
        let list = "{agents: {list: [{id: 'main', default: true}, {id: 'coder'}]}"
        let order = "auth: {order: {anthropic: ['anthropic:work']}}"
        let instance = Instance(
            config: isIncluded ? "\(list), $include: './order.json5'}" : "\(list), \(order)}", store: store)
        if isIncluded {
            instance.write("order.json5", "{\(order)}")
        } else {
            instance.write("agents/coder/agent/auth-profiles.json", store)
        }
        let run = instance.run("models auth logout anthropic:work --yes --agent main")
        #expect(run.code == 0 && !run.stderr.contains("counts no more"), "\(run.stderr)")
        #expect(
            try JSON(instance.run("models explain --json --agent main --model anthropic/x").stdout)["next"] == .null)
    }

    @Test func `what an included file says of it is told with its lines, and stays`() throws {
        let instance = Instance(
            config:
                "{ $include: './team/auth.json5', auth: { order: { anthropic: ['anthropic:work', 'anthropic:home'] } } }",
            store: store)
        let included = """
            {
              auth: {
                profiles: {
                  'anthropic:work': { provider: 'anthropic', mode: 'api_key' },
                },
                order: { anthropic: [
                  'anthropic:work',
                ] },
              },
            }

            """
        instance.write("team/auth.json5", included)
        let run = instance.run("models auth logout anthropic:work --yes")
        #expect(run.code == 0)
        #expect(
            run.stderr.hasPrefix(
                """
                Included files still name anthropic:work, and no command changes those. Take it out there:
                  ~/.agenticflow-enterprise/team/auth.json5:4
                  ~/.agenticflow-enterprise/team/auth.json5:7
                then run: agenticflow-enterprise config validate

                """))
        #expect(instance.read("team/auth.json5") == included)
        #expect(instance.config?.contains("order: { anthropic: ['anthropic:home'") == true)
        // Not of one that nothing included names.
        #expect(!instance.run("models auth logout anthropic:home --yes").stderr.contains("Included"))
    }

    @Test func `remove is the same command`() {
        let instance = Instance(store: store)
        #expect(instance.run("models auth remove anthropic:work --yes").code == 0)
        #expect(instance.config == nil)
    }

    @Test func `without a terminal nothing is removed unless it is said so`() {
        let instance = Instance(config: config, store: store)
        let run = instance.run("models auth logout anthropic:work")
        #expect(run.code == 64)
        #expect(
            run.stderr.contains(
                "fix: To go ahead without being asked, run: agenticflow-enterprise models auth logout "
                    + "anthropic:work --agent main --yes"))
        #expect(instance.store == store)
        #expect(instance.config == config)
    }

    @Test func `an inherited profile is its owner's, and the command says whose`() {
        let instance = Instance(config: config, store: store)
        for command in ["logout anthropic:work --yes", "rotate anthropic:work"] {
            let run = instance.run("models auth \(command) --agent coder", typing: "sk-CANARY-new-1")
            #expect(run.code == 65)
            #expect(run.stderr.contains("anthropic:work is not in the store of agent coder."))
            #expect(run.stderr.contains("It is inherited from agent main."))
            // Whoever names an agent means its profile, and not everybody's.
            #expect(run.stderr.contains("models auth logout") == false)
            #expect(run.stderr.contains("--agent main"))
        }
        #expect(instance.store == store)
    }

    @Test func `another agent's own profile of that id keeps its note`() throws {
        let instance = Instance(config: config, store: store)
        instance.write("agents/coder/agent/auth-profiles.json", store)
        #expect(instance.run("models auth logout anthropic:work --yes --agent coder").code == 0)
        #expect(instance.config == config)
        #expect(instance.store == store)
    }

    @Test func `an order of an agent that inherits it loses it too`() throws {
        let instance = Instance(config: config, store: store)
        instance.write(
            "agents/coder/agent/auth-profiles.json",
            #"{"version":1,"profiles":{},"order":{"anthropic":["anthropic:home","anthropic:work"]}}"#)
        #expect(instance.run("models auth logout anthropic:work --yes").code == 0)
        let coder = try JSON(instance.read("agents/coder/agent/auth-profiles.json") ?? "")
        #expect(coder["order.anthropic"] == ["anthropic:home"])
    }

    @Test(arguments: [
        (
            "anthropic:wrok", 65,
            "not found in ~/.agenticflow-enterprise/agents/main/agent. Did you mean anthropic:work?"
        ),
        ("anthropic:env", 65, "That id belongs to a key of the environment"),
        ("work", 64, "is no profile id"), ("", 64, "is no profile id"),
        ("anthropic:../../x", 64, "is no profile id"), ("anthropic:\u{1b}[2J", 64, "\\u{1b}[2J"),
        ("anthropic:a\u{0}b", 64, "\\u{0}"),
        ("anthropic:" + String(repeating: "n", count: 300), 64, "is no profile id"),
        ("sk-CANARY-0123456789abcdef", 64, "takes no credential among its words"),
    ])
    func `an id that is not there`(id: String, code: Int, why: String) {
        let instance = Instance(config: config, store: store)
        for words in [["logout", id, "--yes"], ["rotate", id]] {
            let run = instance.run(["models", "auth"] + words, typing: "sk-CANARY-new-12345")
            #expect(Int(run.code) == code)
            #expect(run.stderr.contains(why))
            #expect(run.stderr.split(separator: "\n").count == 3)
            #expect(!run.stderr.contains("CANARY") && !run.stderr.unicodeScalars.contains("\u{1b}"))
        }
        #expect(instance.store == store)
        #expect(instance.config == config)
    }

    @Test func `an agent that is not there`() {
        let instance = Instance(config: config, store: store)
        for words in [
            "logout anthropic:work --yes", "rotate anthropic:work", "clean",
            "add --provider openai --profile-id openai:x --ref env:X",
        ] {
            let run = instance.run("models auth \(words) --agent codr", typing: "sk-CANARY-new-1")
            #expect(run.code == 64)
            #expect(run.stderr.contains("Did you mean coder?"))
        }
        #expect(instance.store == store)
    }

    @Test(arguments: ["", "{", "{\"version\":2}", "[]"])
    func `a store that cannot be read stays as it is`(text: String) {
        let instance = Instance(config: config, store: text)
        for words in ["logout anthropic:work --yes", "rotate anthropic:work", "clean --yes"] {
            let run = instance.run("models auth \(words)", typing: "sk-CANARY-new-1")
            #expect(run.code == 65)
            #expect(run.stderr.contains("auth-profiles.json"))
        }
        #expect(instance.store == text)
        #expect(instance.config == config)
    }
}

@Suite struct RotateTests {
    @Test func `the secret is another one, and everything else is as it was`() throws {
        let instance = Instance(config: config, store: store)
        try instance.hold("anthropic:home", .auth, for: 600)
        let run = instance.run("models auth rotate anthropic:home", typing: "sk-CANARY-home-2\n")
        #expect(
            run
                == Transcript(
                    stdout: """
                        Updated ~/.agenticflow-enterprise/agents/main/agent/auth-profiles.json
                        Auth profile: anthropic:home (anthropic/api_key)

                        """, stderr: "", code: 0))
        #expect(instance.store == store.replacing("sk-CANARY-home-1", with: "sk-CANARY-home-2"))
        #expect(instance.config == config)
        #expect(try instance.health(of: "anthropic:home")?.windows.isEmpty == true)
    }

    @Test(arguments: [
        ("sk-CANARY-home-1", "is the one that is stored already"), ("", "nothing came in through the pipe."),
        ("export K=sk-CANARY-home-2", "begins with export NAME="), ("Bearer sk-CANARY-home-2", "begins with Bearer"),
        ("sk-CANARY\u{200b}-home-2", "U+200B"), ("sk-CANARY\nhome-2-again", "U+000A"),
        ("sk-CANARY...me-2", "shortened"),
        ("sk-ant-oat01-CANARY", "It is a setup token"),
    ])
    func `a secret that cannot be the new one changes nothing`(text: String, why: String) {
        let instance = Instance(config: config, store: store)
        let run = instance.run("models auth rotate anthropic:home", typing: text)
        #expect(run.code == 65)
        #expect(run.stderr.contains(why))
        #expect(!run.stderr.contains("CANARY"))
        #expect(instance.store == store)
    }

    @Test func `a token gets another date`() throws {
        let instance = Instance(
            store:
                #"{"version":1,"profiles":{"groq:t":{"type":"token","provider":"groq","token":"gsk-old-123","expires":1000,"email":"a@b"}}}"#
        )
        let run = instance.run("models auth rotate groq:t --expires-in 1d", typing: "gsk-new-123")
        #expect(run.code == 0)
        let expires = JSON.number((Instance.now.timeIntervalSince1970 + 86_400) * 1000)
        #expect(
            try JSON(instance.store ?? "")["profiles.groq:t"]
                == ["type": "token", "provider": "groq", "token": "gsk-new-123", "expires": expires, "email": "a@b"])
    }

    @Test(arguments: [
        (
            #"{"type":"api_key","provider":"groq","keyRef":{"source":"env","id":"TEAM"}}"#,
            "It is a reference (env:TEAM)", 65
        ),
        (
            #"{"type":"oauth","provider":"groq","access":"abcdefgh","refresh":"r","expires":1}"#,
            "It is an OAuth login", 65
        ),
    ])
    func `what holds no secret of its own is not rotated`(entry: String, why: String, code: Int) {
        let text = #"{"version":1,"profiles":{"groq:x":\#(entry)}}"#
        let instance = Instance(store: text)
        let run = instance.run("models auth rotate groq:x", typing: "gsk-new-123")
        #expect(Int(run.code) == code)
        #expect(run.stderr.contains(why))
        #expect(instance.store == text)
    }

    @Test func `a key has no date, and a second word may be the secret`() {
        let instance = Instance(store: store)
        let dated = instance.run("models auth rotate anthropic:home --expires-in 30d", typing: "sk-CANARY-home-2")
        #expect(dated.code == 64)
        #expect(dated.stderr.contains("--expires-in does not go with anthropic:home, which is an API key."))
        let word = instance.run("models auth rotate anthropic:home sk-CANARY-home-2")
        #expect(word.code == 64)
        #expect(!word.stderr.contains("CANARY"))
        #expect(instance.store == store)
    }
}
