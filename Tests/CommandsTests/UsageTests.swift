// SPDX-License-Identifier: Apache-2.0
import Testing

/// A command line that cannot be followed says what is wrong, why, and what to type; nothing is made, nothing is read.
@Suite struct UsageTests {
    private static let af = "agenticflow-enterprise"

    struct Row: CustomTestStringConvertible {
        var line: String
        var what: String
        var why: String
        var fix: String
        var testDescription: String { line }

        init(_ line: String, _ what: String, _ why: String, _ fix: String) {
            (self.line, self.what, self.why, self.fix) = (line, what, why, fix)
        }
    }

    private static let statusOptions =
        "Its options are --json, --plain, --check, --agent, "
        + "--probe, --probe-provider, --probe-profile, --probe-timeout, --probe-concurrency, --probe-max-tokens, --probe-mode."
    static let rows = [
        Row(
            "models statuss --plain", "There is no command \"statuss\" under models. Did you mean models status?",
            "The commands there are status, list, explain, set, set-image, aliases, fallbacks, image-fallbacks, scan, auth.",
            "Run: agenticflow-enterprise models status --plain"),
        Row(
            "paste-token --provider anthropic",
            "There is no command \"paste-token\". Did you mean models auth paste-token?",
            "The commands are gateway, models, agents, config, env, doctor, completion.",
            "For example: agenticflow-enterprise models auth paste-token --provider openrouter --expires-in 30d"),
        Row(
            "models auth frobnicate", "There is no command \"frobnicate\" under models auth.",
            "The commands there are add, paste-api-key, paste-token, setup-token, list, test, logout, rotate, clean, clear-cooldown, order.",
            "See: agenticflow-enterprise models auth --help"),
        Row(
            "help model", "There is no command \"model\". Did you mean models?",
            "The commands are gateway, models, agents, config, env, doctor, completion.",
            "Run: agenticflow-enterprise help models"),
        Row(
            "help models status more", "There is no help for that: the command has no further commands.",
            "The words before \"more\" are a whole command.", "Leave it out."),
        Row(
            "models status --chekc", "models status has no option --chekc. Did you mean --check?", statusOptions,
            "Run: agenticflow-enterprise models status --check"),
        Row(
            "models --chekc", "models status has no option --chekc. Did you mean --check?", statusOptions,
            "Run: agenticflow-enterprise models --check"),
        Row(
            "gateway run --host 0.0.0.0", "gateway run has no option --host. Did you mean --bind?",
            "Its options are --port, --bind.", "Run: agenticflow-enterprise gateway run --bind 0.0.0.0"),
        Row(
            "models status --frobnicate", "models status has no option --frobnicate.", statusOptions,
            "See: agenticflow-enterprise models status --help"),
        Row(
            "models status -q", "models status has no option -q.", statusOptions,
            "See: agenticflow-enterprise models status --help"),
        Row(
            "--check models status", "--check stands before the command.",
            "Options are those of a command, here of models status, and follow it.",
            "Run: agenticflow-enterprise models status --check"),
        Row(
            "models auth list --provider", "--provider needs a value.",
            "It is <provider>: Only those of one provider, such as anthropic.",
            "For example: agenticflow-enterprise models auth list --provider anthropic --json"),
        Row(
            "models status --agent", "--agent needs a value.",
            "It is <agent>: The agent to look at. Without it: the default agent.",
            "See: agenticflow-enterprise models status --help"),
        Row(
            "models status --plain=yes", "--plain takes no value.",
            "Print the default model alone, as provider/model.",
            "Leave out the equals sign and what follows it. See: agenticflow-enterprise models status --help"),
        Row(
            "models status more words", "models status does not know what to do with \"more\".",
            "It takes options, and no words.",
            "See: agenticflow-enterprise models status --help"),
        Row(
            "models auth order get", "models auth order get needs --provider.",
            "The provider whose profiles are ordered, such as anthropic.",
            "For example: agenticflow-enterprise models auth order get --provider anthropic"),
        Row(
            "models auth order get --providr anthropic",
            "models auth order get has no option --providr. Did you mean --provider?",
            "Its options are --provider, --agent, --json.",
            "Run: agenticflow-enterprise models auth order get --provider anthropic"),
        Row(
            "gateway run --port 18790x", "\"18790x\" is no value for --port.",
            "Listen on this port, 0 for any free one, instead of gateway.port.",
            "For example: agenticflow-enterprise gateway run --port 18790"),
        Row(
            "gateway run --port 99999", "99999 is no port.",
            "Ports are numbers from 0 to 65535; 0 takes any free one.",
            "For example: agenticflow-enterprise gateway run --port 18790"),
        Row(
            "gateway --port=-1", "-1 is no port.", "Ports are numbers from 0 to 65535; 0 takes any free one.",
            "For example: agenticflow-enterprise gateway run --port 18790"),
        Row(
            "completion zhs", "\"zhs\" is no value for <shell>. Did you mean zsh?", "It is one of bash, zsh, fish.",
            "Run: agenticflow-enterprise completion zsh"),
        Row(
            "completion csh", "\"csh\" is no value for <shell>.", "It is one of bash, zsh, fish.",
            "For example: agenticflow-enterprise completion bash"),
        Row(
            "config get a b", "config get does not know what to do with \"b\".", "It takes [<path>], and options.",
            "See: agenticflow-enterprise config get --help"),
        Row(
            "models scan --timeout 0 --yes", "--timeout must be a positive number of milliseconds, not 0.",
            "It is a whole number from 1 to 600000.",
            "Leave --timeout out, or run the command again with a number that is allowed."),
        Row(
            "models explain gpt-5", "models explain does not know what to do with \"gpt-5\".",
            "It takes options, and no words.", "Run: agenticflow-enterprise models explain --model gpt-5"),
        Row(
            "models status --probe --probe-mode fast", "\"fast\" is no value for --probe-mode.",
            "It is one of metadata, completion.", "See: agenticflow-enterprise models status --help"),
        Row(
            "completion", "completion needs <shell>.", "The shell. (one of bash, zsh, fish)",
            "For example: agenticflow-enterprise completion bash"),
        Row(
            "models status --profile", "--profile needs a value.",
            "It is the name of another instance of the product.",
            "For example: agenticflow-enterprise --profile second gateway status"),
    ]

    /// What was probably meant, or nil: nothing is said rather than something wrong.
    struct Guess: CustomTestStringConvertible {
        var line: String
        var meant: String?
        var fix: String
        var testDescription: String { line }

        init(_ line: String, _ meant: String?, _ fix: String) { (self.line, self.meant, self.fix) = (line, meant, fix) }
    }

    static let guesses = [
        Guess(
            "models auth paste-key", "models auth paste-api-key",
            "For example: \(af) models auth paste-api-key --provider anthropic --profile-id anthropic:work"),
        Guess("models auth apikey", "models auth paste-api-key", "For example: \(af) models auth paste-api-key "),
        Guess(
            "models auth token", "models auth paste-token or models auth setup-token", "See: \(af) models auth --help"),
        Guess("models auth rm a:b", "models auth logout", "Run: \(af) models auth logout a:b"),
        // A slip of the pen is only a guess, and a guess takes nothing away by itself.
        Guess("models auth lgout a:b", "models auth logout", "If that is meant, run: \(af) models auth logout a:b"),
        Guess("agents delte x", "agents delete", "If that is meant, run: \(af) agents delete x"),
        Guess("config unst a", "config unset", "If that is meant, run: \(af) config unset a"),
        Guess("models auth set", nil, "See: \(af) models auth --help"),
        Guess("models auth frobnicate", nil, "See: \(af) models auth --help"),
        Guess("agents remove x", "agents delete", "Run: \(af) agents delete x"),
        Guess("agents set x", nil, "See: \(af) agents --help"),
        Guess("agents use x", "agents default", "Run: \(af) agents default x"),
        Guess("env get", "env list", "Run: \(af) env list"), Guess("env get X", "env list", "Run: \(af) env list"),
        Guess("config list", "config get", "Run: \(af) config get"),
        Guess("config lint", "config validate", "Run: \(af) config validate"),
        Guess("gateway start", "gateway run", "Run: \(af) gateway run"),
        Guess("gateway stop", nil, "See: \(af) gateway --help"),
        Guess("gateway explain", "models explain", "Run: \(af) models explain"),
        Guess("auth list --json-", "models auth list", "Run: \(af) models auth list"),
        Guess("login", "models auth add", "Run: \(af) models auth add"),
        Guess("status", "gateway status or models status", "See: \(af) --help"),
        Guess("list", nil, "See: \(af) --help"),
        Guess("version", "--version", "Run: \(af) --version"),
        Guess("models sett", "models set", "For example: \(af) "),
    ]

    @Test(arguments: guesses)
    func `a command is guessed beside the word, or not at all`(guess: Guess) {
        let run = Instance().run(guess.line)
        let lines = run.stderr.split(separator: "\n")
        #expect(run.code == 64)
        #expect(
            lines.first?.hasSuffix(guess.meant.map { ". Did you mean \($0)?" } ?? "\".") == true || guess.meant == nil)
        #expect(run.stderr.contains("Did you mean") == (guess.meant != nil))
        #expect(lines.last?.hasPrefix("  fix: \(guess.fix)") == true, "\(run.stderr)")
    }

    @Test(arguments: [
        ("gateway help", "gateway"), ("models help", "models"), ("models auth help", "models auth"),
        ("models help auth order", "models auth order"), ("doctor help", "doctor"), ("gateway run help", "gateway run"),
    ])
    func `help may stand behind a command's words`(line: String, command: String) {
        let instance = Instance()
        #expect(instance.run(line) == instance.run("\(command) --help"))
        #expect(instance.run(line).code == 0)
    }

    @Test(arguments: rows)
    func `a slip is named, explained and mended`(row: Row) {
        let instance = Instance()
        let run = instance.run(row.line)
        #expect(run.stdout == "")
        #expect(run.stderr == "error: \(row.what)\n  why: \(row.why)\n  fix: \(row.fix)\n")
        #expect(run.code == 64)
        #expect(instance.files == [])
    }

    @Test func `with --json the same is an object`() {
        let run = Instance().run("models statuss --json")
        #expect(
            run.stdout == """
                {"error":"There is no command \\"statuss\\" under models. Did you mean models status?",\
                "why":"The commands there are status, list, explain, set, set-image, aliases, fallbacks, image-fallbacks, scan, auth.",\
                "fix":"Run: agenticflow-enterprise models status --json"}\n
                """)
        #expect(run.stderr == "")
        #expect(run.code == 64)
    }

    /// A secret where none belongs: in every place that a command line has.
    @Test(arguments: [
        ["models", "auth", "paste-token", "SECRET"], ["models", "auth", "paste-api-key", "--provider", "x", "SECRET"],
        ["models", "auth", "paste-token", "--providr", "SECRET"], ["models", "auth", "paste-token", "--SECRET"],
        ["models", "auth", "paste-token", "--expires-in", "SECRET", "--provider", "anthropic"],
        ["models", "auth", "paste-token", "--provider", "SECRET"],
        ["models", "auth", "paste-token", "--provider=SECRET"],
        ["models", "auth", "paste-token", "--provider", "anthropic", "--profile-id", "SECRET"],
        ["models", "auth", "paste-api-key", "--provider", "anthropic", "--agent", "SECRET"],
        ["models", "auth", "order", "set", "--provider", "anthropic", "SECRET"],
        ["models", "status", "--agent", "SECRET"],
        ["models", "auth", "paste-tokn", "--provider", "anthropic", "SECRET"], ["SECRET"], ["models", "SECRET"],
        ["models", "status", "SECRET"], ["models", "status", "--SECRET"], ["models", "status", "--check=SECRET"],
        ["help", "SECRET"], ["help", "models", "status", "SECRET"], ["completion", "SECRET"],
        ["gateway", "run", "--port", "SECRET"], ["--json", "models", "status", "SECRET"],
        ["models", "statuss", "SECRET"],
    ])
    func `a credential among the words is not repeated`(words: [String]) {
        let secret = "sk-ant-api03-" + String(repeating: "Zq9", count: 20)
        for extra in [[], ["--json"]] {
            let run = Instance().run(words.map { $0.replacing("SECRET", with: secret) } + extra)
            #expect(!(run.stdout + run.stderr).contains("Zq9Zq9"), "\(run)")
            #expect(run.code >= 64)
        }
    }

    @Test func `control characters of a word do not reach the terminal`() {
        let run = Instance().run(["models", "\u{1B}[2Jstatus"])
        #expect(run.stderr.contains("\\u{1b}[2Jstatus"))
        #expect(!run.stderr.contains("\u{1B}"))
    }

    @Test(arguments: ["", "help", "models auth", "help models auth", "--help", "models auth --help"])
    func `help is no error`(line: String) {
        let run = Instance().run(line)
        #expect(run.stdout.contains("\nUsage: agenticflow-enterprise"))
        #expect(run.stderr == "")
        #expect(run.code == 0)
    }

    @Test func `the version goes to standard output`() {
        let run = Instance().run("--version")
        #expect(run.stdout.split(separator: ".").count == 3)
        #expect(run.code == 0)
    }
}
