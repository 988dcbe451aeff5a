// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Rotation
import Testing

/// A file that ends at any of its bytes: every command answers, says so, and changes nothing.
@Suite struct TruncationTests {
    private static let config = """
        // by hand
        {gateway: {auth: {token: 'agw_cutCutCutCut'}, n: [+1, 0x1F, .5]}, /* kept */
          "auth": {order: {openai: ["openai:a"]}}, agents: {defaults: {model: "openai/gpt-5"}}}

        """
    private static let store = """
        {"version": 1, "x": [1, 2.5e3, null, "\\u00e9é"], "profiles": {
          "openai:a": {"type": "api_key", "provider": "openai", "key": "sk-cut-0123456789abcdef"}},
         "order": {"openai": ["openai:a"]}}

        """
    private static let reading = [
        "models status --json", "models auth list", "models auth order get --provider openai",
    ]
    private static let writing = [
        "models auth paste-api-key --provider openai", "models auth order set --provider openai openai:a",
        "models auth order clear --provider openai",
    ]
    private static let secrets = ["sk-cut-0123456789abcdef", "agw_cutCutCutCut", "sk-typed-0123456789"]

    @Test func `a store that is cut at any byte is refused, told and kept`() {
        let whole = Array(Self.store.utf8)
        let end = Self.store.trimmingEnd.utf8.count
        let instance = Instance(config: Self.config, store: "")
        for length in 0..<end {
            let text = String(decoding: whole[..<length], as: UTF8.self)
            instance.write("agents/main/agent/auth-profiles.json", text)
            for problem in Self.problems(instance, code: 65, name: "auth-profiles.json") {
                Issue.record("cut at \(length): \(problem)")
            }
        }
    }

    @Test func `a configuration that is cut at any byte is refused, told and kept`() {
        let whole = Array(Self.config.utf8)
        let end = Self.config.trimmingEnd.utf8.count
        let instance = Instance(config: "", store: Self.store)
        for length in 0..<end {
            instance.write("agenticflow-enterprise.json", String(decoding: whole[..<length], as: UTF8.self))
            for problem in Self.problems(instance, code: 78, name: "agenticflow-enterprise.json") {
                Issue.record("cut at \(length): \(problem)")
            }
        }
    }

    @Test func `what is cut after its last bracket is whole`() {
        for length in [Self.store.trimmingEnd.utf8.count, Self.store.utf8.count] {
            let store = String(decoding: Array(Self.store.utf8)[..<length], as: UTF8.self)
            let instance = Instance(config: Self.config, store: store)
            #expect(instance.run("models status --json").code == 0)
        }
    }

    @Test func `a health journal that is cut at any byte costs no command its answer`() throws {
        let instance = Instance(config: Self.config, store: Self.store)
        try instance.hold("openai:a", .rateLimit, for: 300)
        let path = "agents/main/agent/auth-health.jsonl"
        let whole = Array((instance.read(path) ?? "").utf8)
        #expect(whole.count > 50)
        for length in 0..<whole.count {
            instance.write(path, String(decoding: whole[..<length], as: UTF8.self))
            let run = instance.run("models auth list")
            #expect(run.code == 0 && run.stdout.contains("openai:a="), "cut at \(length): \(run)")
        }
    }

    private static let variables =
        "# by hand\nA='one two' # x\nexport OPENAI_API_KEY=\"sk-cut-0123456789abcdef\"\nB=${A}\n"
    private static let included = "{gateway: {auth: {token: 'agw_cutCutCutCut'}}, /* kept */ n: [1, {a: \"b\"}]}\n"

    @Test(arguments: [
        (".env", variables), ("more.json", included), ("agents/coder/agent/auth-profiles.json", store),
    ])
    func `another file that is cut at any byte is kept, and no command tells what is in it`(name: String, text: String)
    {
        let whole = Array(text.utf8)
        let config = "{$include: './more.json', agents: {list: [{id: 'main', default: true}, {id: 'coder'}]}}"
        let instance = Instance(config: config, store: Self.store)
        instance.write("more.json", "{}")
        for length in 0..<whole.count {
            instance.write(name, String(decoding: whole[..<length], as: UTF8.self))
            let before = instance.stored
            for line in [
                "models status --json", "models auth list --agent coder", "env list", "models explain --agent coder",
            ] {
                let run = instance.run(line)
                let isRight =
                    [0, 65, 78].contains(run.code) && instance.stored == before
                    && !Self.secrets.contains { (run.stdout + run.stderr).contains($0) }
                #expect(isRight, "cut at \(length): \(line): \(run)")
            }
        }
    }

    /// Of a file reference to plain text any beginning of eight characters is a credential; of one to JSON none is.
    @Test(arguments: [
        ("sk-cut-0123456789abcdef\n", "{\"source\": \"file\", \"id\": \"HOME/vault\"}", 0..<8),
        (
            "{\"team\": [{\"openai\": \"sk-cut-0123456789abcdef\"}], \"x\": 1}\n",
            "{\"source\": \"file\", \"provider\": \"vault\", \"id\": \"/team/0/openai\"}", 0..<57
        ),
    ])
    func `a file that a reference leads to may be cut at any byte`(text: String, reference: String, gone: Range<Int>)
        throws
    {
        let whole = Array(text.utf8)
        let instance = Instance()
        instance.write(
            "agenticflow-enterprise.json",
            "{secrets: {providers: {vault: {source: 'file', path: '\(instance.home)/vault'}}}}")
        instance.write(
            "agents/main/agent/auth-profiles.json",
            "{\"version\": 1, \"profiles\": {\"openai:a\": {\"type\": \"api_key\", \"provider\": \"openai\", \"keyRef\": "
                + reference.replacing("HOME", with: instance.home) + "}}}")
        for length in 0..<whole.count {
            instance.write("../vault", String(decoding: whole[..<length], as: UTF8.self))
            let before = instance.snapshot
            for line in [
                "models status --json", "models auth list", "models explain --model openai/x", "doctor --json",
            ] {
                let run = instance.run(line)
                let isSafe =
                    [0, 1, 2].contains(run.code) && instance.snapshot == before
                    && !Self.secrets.contains { (run.stdout + run.stderr).contains($0) }
                #expect(isSafe, "cut at \(length): \(line): \(run)")
            }
            let next = try JSON(instance.run("models explain --model openai/x --json").stdout)["next"]
            #expect((next == JSON.null) == gone.contains(length), "cut at \(length)")
            guard gone.contains(length) else { continue }
            let told = instance.run("doctor --only credential-reference-unresolved").stdout
            #expect(told.contains("openai:a refers to file:") && told.contains("which gives no secret."), "\(told)")
            let status = instance.run("models status").stderr
            #expect(status.contains("openai:a") && status.contains("/vault"), "cut at \(length): \(status)")
        }
    }

    @Test func `the working directory's file may be cut at any byte`() {
        let text = "# by hand\nA='one two' # x\nexport OPENAI_API_KEY=\"sk-cut-0123456789abcdef\"\nLAST=\"${A} x\"\n"
        let whole = Array(text.utf8)
        let instance = Instance(config: "{}", store: Self.store)
        instance.workingDirectory = "\(instance.home)/project"
        for length in 0..<whole.count {
            let cut = String(decoding: whole[..<length], as: UTF8.self)
            instance.write("../project/.env", cut)
            let before = instance.snapshot
            for line in ["models status", "env list", "models explain --model openai/x", "doctor --json"] {
                let run = instance.run(line)
                let isSafe =
                    run.code == 0 && instance.snapshot == before
                    && !Self.secrets.contains { (run.stdout + run.stderr).contains($0) }
                #expect(isSafe, "cut at \(length): \(line): \(run)")
            }
            let listed = instance.run("env list")
            // A line that was begun is told with its number, unless it happens to be whole.
            let last = cut.split(separator: "\n").last ?? ""
            let isBegun = !last.isEmpty && !cut.hasSuffix("\n") && !last.hasPrefix("#")
            let isOpen = isBegun && (!last.contains("=") || last.count { "'\"".contains($0) } % 2 == 1)
            let number = cut.split(separator: "\n").count
            let said = listed.stderr.contains("~/project/.env, line \(number)")
            #expect(said == isOpen, "cut at \(length): \(listed)")
        }
    }

    private static func problems(_ instance: Instance, code: Int32, name: String) -> [String] {
        let before = instance.stored
        var found: [String] = []
        for line in reading + writing {
            let run = instance.run(line, typing: "sk-typed-0123456789")
            if writing.contains(line), run.code != code { found.append("\(line): exit \(run.code)") }
            if run.code == 0, !run.stderr.contains(name) { found.append("\(line): not a word about it") }
            if !run.stderr.contains("error: "), !run.stdout.contains("\"error\"") { found.append("\(line): no error") }
            if !run.stderr.contains("\n  why: ") || !run.stderr.contains("\n  fix: ") {
                found.append("\(line): no reason or no way out")
            }
            if secrets.contains(where: { (run.stdout + run.stderr).contains($0) }) { found.append("\(line): a secret") }
            if instance.stored != before { found.append("\(line): something stored was changed") }
        }
        return found
    }
}

extension Instance {
    /// Every file with its content, locks apart.
    fileprivate var stored: [String: String] {
        var found: [String: String] = [:]
        for name in files where !name.hasSuffix(".lock") {
            found[name] = read(String(name.dropFirst(".agenticflow-enterprise/".count))) ?? ""
        }
        return found
    }
}

extension String {
    fileprivate var trimmingEnd: String {
        var text = Substring(self)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
