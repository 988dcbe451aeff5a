// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

/// `--profile NAME` where no such instance is.
@Suite struct InstanceSlipTests {
    private static let af = "agenticflow-enterprise"

    private static func instance(named name: String) -> Instance {
        let instance = Instance()
        instance.instance = name
        instance.environment["AGENTICFLOW_PROFILE"] = name
        return instance
    }

    @Test(arguments: [
        "paste-api-key --provider anthropic", "paste-token --provider anthropic", "setup-token",
        "add --provider anthropic --ref env:X",
    ])
    func `the id of a credential is no instance, and the option that takes it is named`(line: String) {
        let instance = Self.instance(named: "anthropic:work")
        let run = instance.run("models auth \(line)", typing: "sk-ant-api03-0123456789")
        #expect(
            run
                == Transcript(
                    stdout: "",
                    stderr: """
                        error: There is no instance "anthropic:work". Did you mean --profile-id anthropic:work?
                          why: --profile names an instance of the product, with a state directory of its own; \
                        anthropic:work is the id of a credential.
                          fix: Run the same command with --profile-id anthropic:work in the place of --profile \
                        anthropic:work

                        """, code: 64))
        #expect(instance.files.isEmpty)
    }

    @Test(arguments: ["models auth logout", "models auth logout --yes", "models status", "models", "nonsense", ""])
    func `nor is it where no option takes it`(line: String) {
        let instance = Self.instance(named: "anthropic:work")
        let run = instance.run(line)
        #expect(run.code == 64)
        #expect(run.stderr.hasPrefix("error: There is no instance \"anthropic:work\".\n"))
        #expect(run.stderr.contains("  fix: Leave --profile out. How "))
        #expect(!run.stderr.contains("--profile anthropic:work models"))
        #expect(instance.files.isEmpty)
    }

    @Test func `in JSON it is one object`() throws {
        let run = Self.instance(named: "anthropic:work").run("models status --json")
        #expect(run.code == 64)
        #expect(try JSON(run.stdout)["error"] == "There is no instance \"anthropic:work\".")
    }

    @Test(arguments: [
        "models status", "models status --json", "models list", "models explain", "models auth list",
        "models auth order get --provider openai", "models aliases list", "models fallbacks list", "agents list",
        "config path", "config get", "config validate", "env list", "doctor", "gateway status",
    ])
    func `looking at an instance that is not there makes nothing, and says so`(line: String) {
        let instance = Self.instance(named: "work")
        let run = instance.run(line)
        #expect(
            run.stderr.hasPrefix(
                """
                There is no instance work yet: ~/.agenticflow-enterprise-work is not there, and the first thing that \
                is stored
                makes it. (--profile names an instance; a credential is named with --profile-id, or by its id.)

                """), "\(run)")
        #expect(run.stderr.split(separator: "There is no instance").count == 1)
        #expect(instance.files.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: instance.state))
    }

    @Test func `what is stored makes it, after a word; then nothing is said`() {
        let instance = Self.instance(named: "work")
        let first = instance.run("models auth paste-api-key --provider openai", typing: "sk-proj-0123456789")
        #expect(first.code == 0)
        #expect(first.stderr.hasPrefix("There is no instance work yet: "))
        #expect(first.stdout.hasPrefix("Updated ~/.agenticflow-enterprise-work/agenticflow-enterprise.json\n"))
        #expect(!instance.run("models auth list").stderr.contains("There is no instance"))
    }

    @Test func `a state directory that a variable names is the one, whatever the instance is called`() {
        let instance = Self.instance(named: "work")
        instance.instance = nil
        instance.environment["AGENTICFLOW_STATE_DIR"] = "\(instance.home)/state"
        #expect(
            instance.run("config path").stderr
                == "~/state is not there yet, and the first thing that is stored makes it. (AGENTICFLOW_STATE_DIR names it.)\n"
        )
        _ = instance.run("env set OPENAI_API_KEY", typing: "sk-test-0123456789")
        #expect(FileManager.default.fileExists(atPath: "\(instance.home)/state/.env"))
        #expect(instance.run("config path").stderr.isEmpty)
    }

    // MARK: Beside a directory of the environment

    @Test(arguments: ["models status", "models auth paste-api-key --provider openai", "gateway run", "help"])
    func `a name beside another directory is refused, and nothing is stored`(line: String) {
        let instance = Self.instance(named: "two")
        instance.environment["AGENTICFLOW_STATE_DIR"] = "\(instance.home)/s3"
        let run = instance.run(line, typing: "sk-proj-0123456789abcdefghij")
        #expect(run.code == 64 && run.stdout.isEmpty)
        #expect(run.stderr.contains("error: --profile two and AGENTICFLOW_STATE_DIR name two state directories.\n"))
        #expect(run.stderr.contains("type env -u AGENTICFLOW_STATE_DIR in front of the command"))
        #expect(instance.files.isEmpty)
    }

    @Test func `a name beside its own directory is what it says`() {
        let instance = Self.instance(named: "two")
        instance.environment["AGENTICFLOW_STATE_DIR"] = "\(instance.home)/.agenticflow-enterprise-two"
        #expect(instance.run("models auth list").code == 0)
    }
}
