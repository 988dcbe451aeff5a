// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Rotation
import Testing

/// A credential that is stored where there is one already: whoever loses it is told, and how to have both.
@Suite struct TakenPlaceTests {
    private static let af = "agenticflow-enterprise"
    private static let kept =
        "The API key itself is in ~/.agenticflow-enterprise/agents/main/agent/auth-profiles.json.\n"
    private static let old = "sk-proj-0000000000000000old"
    private static let new = "sk-proj-0000000000000000new"

    private static func holding(_ text: String = old, _ words: String = "paste-api-key --provider openai") -> Instance {
        let instance = Instance()
        _ = instance.run("models auth \(words)", typing: text)
        return instance
    }

    /// The command that a text names last.
    private static func command(in text: String) -> String? {
        text.split(separator: "\n").last { $0.contains("\(af) ") }.flatMap { line in
            line.firstRange(of: "\(af) ").map { String(line[$0.upperBound...]) }
        }
    }

    @Test func `a script may replace a key, and the way to have both is told as a command`() throws {
        let instance = Self.holding()
        let run = instance.run("models auth paste-api-key --provider openai", typing: Self.new)
        let again = "\(Self.af) models auth paste-api-key --provider openai --profile-id openai:api-key"
        #expect(run.code == 0)
        #expect(
            run.stderr == Self.kept + """
                It has taken the place of the API key sk-pro...0old that was stored as openai:manual. \
                To have both, store that one again:
                  \(again)

                """)
        #expect(instance.run(String(again.dropFirst(Self.af.count + 1)), typing: Self.old).code == 0)
        let profiles = try JSON(instance.store ?? "")
        #expect(profiles["profiles.openai:manual.key"] == .string(Self.new))
        #expect(profiles["profiles.openai:api-key.key"] == .string(Self.old))
    }

    @Test func `a token that takes a date away says so, and one with a date of its own does not`() {
        let lost = """
            It has no date of expiry now. To give it one, store it once more with its date:
              agenticflow-enterprise models auth rotate groq:manual --expires-in 30d

            """
        let instance = Self.holding("tk-0123456789abc", "paste-token --provider groq --expires-in 12h")
        let dated = instance.run("models auth paste-token --provider groq --expires-in 3d", typing: "tk-0123456789xyz")
        #expect(dated.code == 0 && !dated.stderr.contains("date of expiry"), "\(dated.stderr)")
        let run = instance.run("models auth paste-token --provider groq", typing: "tk-0123456789new")
        #expect(run.code == 0 && run.stderr.contains(lost), "\(run.stderr)")
        let again = instance.run("models auth paste-token --provider groq", typing: "tk-0123456789two")
        #expect(again.code == 0 && !again.stderr.contains("date of expiry"), "\(again.stderr)")
    }

    @Test(arguments: ["rotate anthropic:manual", "paste-api-key --provider anthropic"])
    func `a setup token over a key is told a place that is free`(words: String) throws {
        let instance = Self.holding("sk-ant-api03-0000000000000000old", "paste-api-key --provider anthropic")
        let token = "sk-ant-oat01-0123456789" + String(repeating: "aB3", count: 25)
        let run = instance.run("models auth \(words)", typing: token)
        #expect(run.code == 65)
        let line = try #require(Self.command(in: run.stderr))
        #expect(line == "models auth paste-token --provider anthropic --profile-id anthropic:token --agent main")
        #expect(instance.run(line, typing: token).code == 0)
    }

    @Test func `the very same key again changes nothing, and says so`() {
        let instance = Self.holding()
        let before = instance.snapshot
        #expect(
            instance.run("models auth paste-api-key --provider openai", typing: " \(Self.old)\n")
                == Transcript(
                    stdout: "Auth profile: openai:manual (openai/api_key)\n",
                    stderr: "openai:manual is the API key sk-pro...0old already; nothing was changed.\n", code: 0))
        #expect(instance.snapshot == before)
    }

    @Test func `the same key whose note is missing gets its note`() throws {
        let instance = Self.holding()
        instance.write("agenticflow-enterprise.json", "{}\n")
        let store = instance.store
        let run = instance.run("models auth paste-api-key --provider openai", typing: Self.old)
        #expect(
            run.stderr == Self.kept
                + "openai:manual is the API key sk-pro...0old already: only its note, or its place in the order, was missing.\n"
        )
        #expect(instance.store == store)
        #expect(try JSON(instance.config ?? "")["auth.profiles.openai:manual.mode"] == "api_key")
    }

    @Test func `the same key that an order of the configuration puts second comes first, and again changes nothing`() {
        let instance = Self.holding()
        let config =
            "{auth: {profiles: {'openai:manual': {provider: 'openai', mode: 'api_key'}}, order: {openai: [ORDER]}}}"
        instance.write(
            "agenticflow-enterprise.json", config.replacing("ORDER", with: "'openai:a', 'openai:manual'"))
        _ = instance.run("models auth paste-api-key --provider openai", typing: Self.old)
        #expect(instance.config == config.replacing("ORDER", with: "\"openai:manual\", 'openai:a' "))
        let before = instance.snapshot
        let again = instance.run("models auth paste-api-key --provider openai", typing: Self.old)
        #expect(again.stderr.hasSuffix("already; nothing was changed.\n"))
        #expect(instance.snapshot == before)
    }

    @Test func `the same token keeps its date, or gets the one that is asked for`() throws {
        let instance = Self.holding("tk-0123456789abc", "paste-token --provider groq --expires-in 30d")
        let before = instance.snapshot
        let again = instance.run("models auth paste-token --provider groq", typing: "tk-0123456789abc")
        #expect(
            again.stderr.contains(", which expires in 30d (2026-10-21T14:13:20Z); nothing was changed. To give it "))
        #expect(instance.snapshot == before)
        let dated = instance.run("models auth paste-token --provider groq --expires-in 3d", typing: "tk-0123456789abc")
        #expect(dated.stderr.hasSuffix("groq:manual is the token tk-0...bc already: only its date is another one.\n"))
        let expires = JSON.number((Instance.now.timeIntervalSince1970 + 3 * 86_400) * 1000)
        #expect(try JSON(instance.store ?? "")["profiles.groq:manual.expires"] == expires)
    }

    @Test func `a token with a date that cannot be read gets one by pasting it again`() throws {
        let instance = Instance(
            store:
                #"{"version":1,"profiles":{"groq:manual":{"type":"token","provider":"groq","token":"tk-0123456789abc","expires":"soon"}}}"#
        )
        _ = instance.run("models auth paste-token --provider groq", typing: "tk-0123456789abc")
        #expect(try JSON(instance.store ?? "")["profiles.groq:manual.expires"] == nil)
    }

    @Test func `an entry without a secret is filled without a word`() {
        let instance = Instance(
            store: #"{"version":1,"profiles":{"openai:manual":{"type":"api_key","provider":"openai","key":" "}}}"#)
        #expect(instance.run("models auth paste-api-key --provider openai", typing: Self.new).stderr == Self.kept)
    }

    // MARK: Another vendor's key

    @Test(
        arguments: [
            ("openai", old, "sk-ant-api03-0123456789", "a key of Anthropic", "paste-api-key --provider anthropic."),
            (
                "openai", old, "sk-ant-oat01-0123456789", "a setup token of Anthropic",
                "paste-token --provider anthropic."
            ),
            (
                "anthropic", "sk-ant-api03-0123456789", new, "a key of OpenAI",
                "paste-api-key --provider openai."
            ),
            ("groq", "gsk_0123456789", "AIzaSy0123456789", "a key of Google", nil),
        ] as [(String, String, String, String, String?)])
    func `a key that looks like another vendor's takes nobody's place`(
        provider: String, held: String, typed: String, words: String, right: String?
    ) {
        let instance = Self.holding(held, "paste-api-key --provider \(provider)")
        let before = instance.snapshot
        for line in ["paste-api-key --provider \(provider)", "rotate \(provider):manual"] {
            let run = instance.run("models auth \(line)", typing: typed)
            #expect(run.code == 65)
            #expect(run.stdout.isEmpty)
            #expect(
                run.stderr.hasPrefix("error: \(provider):manual was not changed.\n  why: The new text begins with "))
            #expect(run.stderr.contains(": that is \(words). It would take the place of the API key "))
            #expect(run.stderr.contains("Store it where it belongs: ") == (right != nil))
            #expect(right.map(run.stderr.contains) != false, "\(run.stderr)")
            #expect(instance.snapshot == before)
        }
        // Beside it, it is stored: looks may deceive.
        let both = instance.run(
            "models auth paste-api-key --provider \(provider) --profile-id \(provider):api-key", typing: typed)
        #expect(both.code == 0)
        #expect(both.stderr.contains("\nwarning: It begins with "))
    }

    @Test func `nor does it in a variable`() {
        let instance = Instance()
        instance.write(".env", "OPENAI_API_KEY=\(Self.old)\n")
        _ = instance.run("env list")
        let before = instance.snapshot
        let run = instance.run("env set OPENAI_API_KEY", typing: "xai-0123456789")
        #expect(
            run
                == Transcript(
                    stdout: "",
                    stderr: """
                        error: OPENAI_API_KEY was not changed.
                          why: The new text begins with xai-: that is a key of xAI. It would take the place of \
                        sk-pro...0old.
                          fix: Store it where it belongs: \(Self.af) models auth paste-api-key --provider xai. If OpenAI \
                        does take it, keep both: \(Self.af) env set OPENAI_API_KEY_2

                        """, code: 65))
        #expect(instance.snapshot == before)
        #expect(instance.run("env set OPENAI_API_KEY_2", typing: "xai-0123456789").code == 0)
        #expect(instance.run("env set OPENAI_API_KEY", typing: Self.new).code == 0)
    }

    @Test func `where it belongs it takes nobody's place either`() throws {
        let instance = Self.holding()
        _ = instance.run("models auth paste-api-key --provider anthropic", typing: "sk-ant-api03-the-old-one")
        let run = instance.run("models auth paste-api-key --provider openai", typing: "sk-ant-api03-the-new-one")
        #expect(
            run.stderr.contains(
                "fix: Store it where it belongs: \(Self.af) models auth paste-api-key --provider anthropic "
                    + "--profile-id anthropic:api-key. If OpenAI does take it, keep both: "))
    }

    @Test func `whoever keeps such keys there goes on replacing them`() throws {
        let instance = Self.holding("sk-ant-api03-the-old-one")
        let run = instance.run("models auth paste-api-key --provider openai", typing: "sk-ant-api03-the-new-one")
        #expect(run.code == 0)
        #expect(try JSON(instance.store ?? "")["profiles.openai:manual.key"] == "sk-ant-api03-the-new-one")
    }

    // MARK: References and logins

    @Test(arguments: ["env:TEAM_KEY", "file:/run/secrets/team key"])
    func `a reference that was replaced is stored again as one`(reference: String) throws {
        let instance = Instance()
        _ = instance.run(
            ["models", "auth", "add", "--provider", "openai", "--profile-id", "openai:manual", "--ref", reference])
        let before = try JSON(instance.store ?? "")["profiles.openai:manual"]
        let run = instance.run("models auth paste-api-key --provider openai", typing: Self.new)
        #expect(run.stderr.contains("It has taken the place of the reference \(reference) that was stored as openai:"))
        let again = try #require(Self.command(in: run.stderr))
        #expect(again.hasPrefix("models auth add --provider openai --profile-id openai:api-key --ref "))
        var words = again.split(separator: " ").map(String.init)
        if let place = words.firstIndex(of: "--ref") {
            words[(place + 1)...] = [words[(place + 1)...].joined(separator: " ").replacing("'", with: "")]
        }
        #expect(instance.run(words).code == 0)
        #expect(try JSON(instance.store ?? "")["profiles.openai:api-key"] == before)
    }

    @Test func `a secret that a reference takes the place of is told with the command for pasting`() {
        let instance = Self.holding()
        let run = instance.run("models auth add --provider openai --profile-id openai:manual --ref env:TEAM_KEY")
        #expect(
            run.stderr == """
                It has taken the place of the API key sk-pro...0old that was stored as openai:manual. \
                To have both, store that one again:
                  \(Self.af) models auth paste-api-key --provider openai --profile-id openai:api-key
                So far it leads to nothing here: The variable TEAM_KEY is not set.

                """)
        let before = instance.snapshot
        let same = instance.run("models auth add --provider openai --profile-id openai:manual --ref env:TEAM_KEY")
        #expect(same.stderr.hasPrefix("openai:manual is the reference env:TEAM_KEY already; nothing was changed.\n"))
        #expect(instance.snapshot == before)
    }

    // MARK: Nobody to ask, and nothing piped

    @Test(arguments: [
        ("models auth paste-api-key --provider openai", "models auth paste-api-key --provider openai"),
        (
            "models auth paste-token --provider groq --profile-id groq:ci --agent coder",
            "models auth paste-token --provider groq --profile-id groq:ci --agent coder"
        ),
        ("models auth rotate openai:manual", "models auth rotate openai:manual"),
        ("env set OPENAI_API_KEY", "env set OPENAI_API_KEY"),
        ("config set models.providers.openai.apiKey --stdin", "config set models.providers.openai.apiKey --stdin"),
    ])
    func `without a terminal and with nothing in the pipe, it is said how to pipe it`(line: String, command: String) {
        let instance = Instance(config: "{agents: {list: [{id: 'main', default: true}, {id: 'coder'}]}}")
        _ = instance.run("models auth paste-api-key --provider openai", typing: Self.old)
        let before = instance.snapshot
        for typed in ["", "\n", "  \n"] {
            #expect(
                instance.run(line, typing: typed)
                    == Transcript(
                        stdout: "",
                        stderr: """
                            error: The credential was not stored.
                              why: There is no terminal to ask at, and nothing came in through the pipe.
                              fix: Run it in a terminal. Or give it a file: \(Self.af) \(command) < key-file. Or a \
                            variable that was read unseen: read -rs KEY && printf %s "$KEY" | \(Self.af) \(command)

                            """, code: 65))
        }
        #expect(instance.snapshot == before)
    }
}
