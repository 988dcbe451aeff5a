// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A configuration that was deleted, with the copies of it that every change leaves.
@Suite struct LostConfigurationTests {
    private static let name = "agenticflow-enterprise.json"

    /// Deleted after two changes.
    private static func instance(_ copies: [String] = ["\(name).bak"]) -> Instance {
        let instance = Instance()
        for copy in copies { instance.write(copy, "{gateway: {auth: {token: 'agw_CANARY0123456789'}, port: 18801}}\n") }
        return instance
    }

    private static func fix(_ instance: Instance, _ copy: String = "\(name).bak") -> String {
        let path = "\(instance.state)/\(name)"
        return "  fix: Nothing was changed. Put the newest copy back, which lacks the last change: cp -p "
            + "\(instance.state)/\(copy) \(path); or to begin anew on purpose, set the copies aside: mkdir -m 700 "
            + "\(path).old && mv \(path).bak* \(path).old\n"
    }

    @Test(arguments: [
        "models auth paste-api-key --provider openai", "config set gateway.port 18802", "config unset gateway.port",
        "models set openai/gpt-5.2", "models aliases add quick openai/gpt-5.2", "agents add coder",
        "models auth order set --provider openai openai:a", "models fallbacks add openai/gpt-5.2",
    ])
    func `no command begins anew in its place`(line: String) {
        let instance = Self.instance()
        let before = instance.snapshot
        let run = instance.run(line, typing: "sk-proj-0123456789abcdef\n")
        #expect(run.code == 78, "\(line): \(run)")
        #expect(
            run.stderr.hasPrefix(
                "error: ~/.agenticflow-enterprise/\(Self.name) is not there, and copies of it are.\n  why: It was "
                    + "deleted or moved."), "\(run.stderr)")
        #expect(
            run.stderr.contains(Self.fix(instance).replacing(instance.home, with: "~"))
                || run.stderr.contains(Self.fix(instance)), "\(run.stderr)")
        #expect(instance.snapshot == before)
    }

    @Test(arguments: ["config get gateway.port", "config validate"])
    func `what asks for the configuration says so`(line: String) {
        let run = Self.instance().run(line)
        #expect(run.code == 78)
        #expect((run.stdout + run.stderr).contains("is not there, and copies of it are."), "\(run)")
    }

    @Test func `doctor says so, and makes no token in its place`() {
        let instance = Self.instance()
        let before = instance.snapshot
        #expect(instance.run("doctor").stdout.contains("copies of it are. [config-unreadable]"))
        _ = instance.run("doctor --fix --yes")
        _ = instance.run("doctor --generate-gateway-token")
        #expect(instance.snapshot == before)
    }

    @Test func `the newest copy that can be read is the one`() {
        let instance = Self.instance(["\(Self.name).bak.1", "\(Self.name).bak.3"])
        instance.write("\(Self.name).bak", "{gateway: ")
        let run = instance.run("config set gateway.port 18802")
        #expect(
            run.stderr.replacing("~", with: instance.home)
                .contains(Self.fix(instance, "\(Self.name).bak.1").replacing("~", with: instance.home)), "\(run.stderr)"
        )
    }

    @Test func `put back, or begun anew on purpose, it is changed as ever`() throws {
        let back = Self.instance()
        back.write(Self.name, try #require(back.read("\(Self.name).bak")))
        #expect(back.run("config set gateway.port 18802").code == 0)
        let anew = Self.instance()
        anew.write("\(Self.name).old/\(Self.name).bak", try #require(anew.read("\(Self.name).bak")))
        unlink("\(anew.state)/\(Self.name).bak")
        #expect(anew.run("config set gateway.port 18802").code == 0)
    }

    @Test func `copies that nobody can read are nothing to go back to`() {
        let instance = Instance()
        instance.write("\(Self.name).bak", "{")
        #expect(instance.run("config set gateway.port 18802").code == 0)
    }
}

/// What belongs to another account.
@Suite struct ForeignStateTests {
    private static let lines = [
        "models auth paste-api-key --provider openai", "doctor", "models status", "config set gateway.port 18802",
        "env set A", "agents add coder",
    ]
    private static let owner = Account.name(of: 65_534) ?? "'#65534'"

    @Test(arguments: lines)
    func `a state directory is for its owner to use, and nothing of it is to be moved or given away`(line: String) {
        guard geteuid() == 0 else { return }
        for isNamed in [false, true] {
            let instance = Instance(config: "{}")
            if isNamed { instance.environment["AGENTICFLOW_STATE_DIR"] = instance.state }
            for path in instance.files + [".agenticflow-enterprise"] {
                chown("\(instance.home)/\(path)", 65_534, 65_534)
            }
            let before = instance.snapshot
            let run = instance.run(line, typing: "sk-proj-0123456789abcdef\n")
            let told = (run.stdout + run.stderr).replacing("~", with: instance.home)
            #expect(
                told.contains(
                    "fix: Run the command as the owner of the state directory: sudo -u \(Self.owner) "
                        + "AGENTICFLOW_STATE_DIR=\(instance.state) agenticflow-enterprise \(line)\n"), "\(told)")
            #expect(!told.contains("mv ") && !told.contains("chown") && !told.contains("export "), "\(told)")
            #expect(instance.snapshot == before)
        }
    }

    @Test func `the words are typed as they were, each as one`() {
        guard geteuid() == 0 else { return }
        let instance = Instance()
        instance.environment["AGENTICFLOW_STATE_DIR"] = "\(instance.home)/it's agenticflow-enterprise"
        instance.environment["AGENTICFLOW_AGENT_DIR"] = "\(instance.home)/agent dir"
        let state = "\(instance.home)/it's agenticflow-enterprise"
        mkdir(state, 0o700)
        chown(state, 65_534, 65_534)
        let run = instance.run(["config", "set", "agents.defaults.workspace", "a 'b'"])
        #expect(
            run.stderr.replacing("~", with: instance.home).contains(
                "AGENTICFLOW_STATE_DIR='\(instance.home)/it'\\''s agenticflow-enterprise' "
                    + "AGENTICFLOW_AGENT_DIR='\(instance.home)/agent dir' "
                    + "agenticflow-enterprise config set agents.defaults.workspace 'a '\\''b'\\'''\n"), "\(run.stderr)")
    }

    @Test func `a folder that is none of ours is not to be used as one`() {
        guard geteuid() == 0 else { return }
        let instance = Instance()
        let folder = "\(instance.home)/other"
        mkdir(folder, 0o755)
        chown(folder, 65_534, 65_534)
        instance.environment["AGENTICFLOW_STATE_DIR"] = folder
        let told = instance.run("models status").stderr
        #expect(told.contains("fix: Name another place in AGENTICFLOW_STATE_DIR"), "\(told)")
        #expect(!told.contains("as the owner of the state directory"), "\(told)")
    }

    @Test func `a file of another's in a directory of ours is to be given to us`() {
        guard geteuid() == 0 else { return }
        let instance = Instance(store: #"{"version":1,"profiles":{}}"#)
        let path = "\(instance.state)/agents/main/agent/auth-profiles.json"
        chown(path, 65_534, 65_534)
        let told = instance.run("models status").stderr.replacing("~", with: instance.home)
        let user = Account.name(of: geteuid()) ?? "0"
        #expect(told.contains("fix: Have it given to you: sudo chown \(user) \(path); or move it away"), "\(told)")
    }
}
