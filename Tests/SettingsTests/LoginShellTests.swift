// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Settings
import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A login shell that a test has written itself: a script that is called as the real one is.
@Suite struct LoginShellTests {
    private let scratch = ScratchFolder()

    /// - Parameter script: `$3` is the question, as behind `-l -c`.
    private func shell(_ script: String, _ process: [String: String] = [:]) -> LoginShell {
        scratch.write("#!/bin/sh\n\(script)\n", to: "shell", mode: 0o700)
        return LoginShell(
            process: ["SHELL": scratch.path("shell"), "PATH": "/usr/bin:/bin"].merging(process) { _, new in new })
    }

    private static func settings(_ milliseconds: Int = 20_000) -> ShellEnvironmentSettings {
        var settings = ShellEnvironmentSettings()
        settings.isEnabled = true
        settings.timeout = .milliseconds(milliseconds)
        return settings
    }

    private static let wanted: Set<String> = ["OPENAI_API_KEY", "GROQ_API_KEY", "XAI_API_KEY"]

    private func ask(_ script: String, _ milliseconds: Int = 20_000) -> ShellImport {
        shell(script).ask(for: Self.wanted, under: Self.settings(milliseconds))
    }

    @Test func `what it has is taken, whatever it prints around it, and nothing that was not asked for`() {
        let answer = ask(
            """
            printf 'Welcome!\\nOPENAI_API_KEY=sk-from-the-banner\\0agenticflow-1-2\\0XAI_API_KEY=banner\\0'
            export OPENAI_API_KEY='sk with = and
            a line break' GROQ_API_KEY=' ' OTHER_SECRET=x
            /bin/sh -c "$3"
            echo Bye; exit 7
            """)
        #expect(answer.problem == nil)
        #expect(answer.variables == ["OPENAI_API_KEY": Secret("sk with = and\na line break")])
        #expect(answer.asked == Self.settings())
        #expect(answer.names == Self.wanted)
        #expect(answer.shell == scratch.path("shell"))
    }

    @Test func `it is called as a login shell, bash as an interactive one too`() {
        let script = "echo \"$@\" | head -n 1 > \"$(dirname \"$0\")/words\"; for q; do :; done; exec /bin/sh -c \"$q\""
        #expect(ask(script).problem == nil)
        #expect(scratch.text(of: "words")?.hasPrefix("-l -c printf ") == true)
        scratch.write("#!/bin/sh\n\(script)\n", to: "bash", mode: 0o700)
        let bash = LoginShell(process: ["SHELL": scratch.path("bash")])
        #expect(bash.ask(for: Self.wanted, under: Self.settings()).problem == nil)
        #expect(scratch.text(of: "words")?.hasPrefix("-lic printf ") == true)
    }

    @Test func `of our own environment it is told the least`() {
        let shell = shell(
            "env -0 > \"$(dirname \"$0\")/told\"; exec /bin/sh -c \"$3\"",
            ["HOME": "/tmp", "USER": "u", "LOGNAME": "u", "LANG": "C", "OPENAI_API_KEY": "sk-ours", "TERM": "xterm"])
        let answer = shell.ask(for: Self.wanted, under: Self.settings())
        #expect(answer.variables == [:])
        let told = scratch.text(of: "told")?.split(separator: "\0").map { $0.prefix { $0 != "=" } } ?? []
        #expect(
            Set(told).subtracting(["PWD", "OLDPWD", "SHLVL", "_"])
                == ["HOME", "USER", "LOGNAME", "LANG", "PATH", "SHELL", "TERM"])
    }

    /// The end of a process takes its moment, however it was brought about.
    private func isGone(_ name: String) -> Bool {
        let deadline = ContinuousClock.now + .seconds(10)
        while isAlive(name) {
            if ContinuousClock.now > deadline { return false }
            usleep(1000)
        }
        return true
    }

    /// A process that has ended may still stand in the list until somebody has waited for it.
    private func isAlive(_ name: String) -> Bool {
        guard let pid = scratch.text(of: name)?.trimmed, !pid.isEmpty else { return false }
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return false }
        let state = String(decoding: bytes, as: UTF8.self).split(separator: ")").last?.split(separator: " ").first
        return state != "Z" && state != "X"
    }

    @Test func `one that hangs is ended in time, and so is what it has started`() {
        let start = ContinuousClock.now
        let answer = ask(
            "sleep 600 & echo $! > \"$(dirname \"$0\")/child\"; echo $$ > \"$(dirname \"$0\")/own\"; wait", 1500)
        #expect(answer.problem == "it gave no answer within 1 s")
        #expect(answer.variables == [:])
        #expect(ContinuousClock.now - start < .seconds(15))
        #expect(scratch.text(of: "child")?.isEmpty == false)
        #expect(isGone("own"))
        #expect(isGone("child"))
    }

    @Test func `what a profile leaves running holds nobody up, and does not stay`() {
        let start = ContinuousClock.now
        let answer = ask(
            "sleep 600 & echo $! > \"$(dirname \"$0\")/child\"; export XAI_API_KEY=xai-1; /bin/sh -c \"$3\"")
        #expect(answer.variables == ["XAI_API_KEY": Secret("xai-1")])
        #expect(ContinuousClock.now - start < .seconds(15))
        #expect(isGone("child"))
    }

    @Test func `one that ignores the end of its terminal is ended too`() {
        let answer = ask(
            "trap '' TERM HUP INT PIPE; echo $$ > \"$(dirname \"$0\")/own\"; while :; do sleep 1; done", 700)
        #expect(answer.problem == "it gave no answer within 0 s")
        #expect(isGone("own"))
    }

    @Test(arguments: [
        ("while :; do head -c 65536 /dev/zero; done", "it wrote more than 2097152 bytes"),
        ("exit 3", "it ended with exit code 3 and without an answer"),
        ("echo rubbish", "it ended with exit code 0 and without an answer"),
        ("head -c 100000 /dev/urandom; exit 1", "it ended with exit code 1 and without an answer"),
        ("kill -KILL $$", "it ended with exit code 137 and without an answer"),
        ("eval \"${3%% &&*}\"; exit 9", "it ended with exit code 9 and without an answer"),
    ])
    func `one that does not answer is a problem, not an end`(script: String, problem: String) {
        let answer = ask("export OPENAI_API_KEY=sk-x\n\(script)")
        #expect(answer.problem == problem)
        #expect(answer.variables == [:])
        #expect(answer.warning?.hasSuffix("(env.shellEnv): \(problem).") == true)
    }

    @Test func `one that is no program is a problem`() {
        let shell = shell("")
        scratch.write("no program", to: "shell", mode: 0o700)
        let answer = shell.ask(for: Self.wanted, under: Self.settings())
        #expect(answer.problem == "it did not start (Exec format error)")
    }

    @Test(arguments: ["", "bin/sh", "/does/not/exist", "/tmp", "/etc/passwd"])
    func `without a shell that can be run the system's is asked`(path: String) {
        #expect(LoginShell(process: ["SHELL": path]).path == "/bin/sh")
        #expect(LoginShell(process: [:]).path == "/bin/sh")
    }

    @Test func `nobody waits for an answer that is no longer wanted`() {
        let start = ContinuousClock.now
        let answer = shell("sleep 600").ask(for: Self.wanted, under: Self.settings(100_000)) {
            ContinuousClock.now - start > .milliseconds(200)
        }
        #expect(answer.problem == "the question was called off")
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    /// The file of each shell that a login one reads; bash is asked as an interactive one too.
    @Test(arguments: [
        ("sh", ".profile", "export GROQ_API_KEY=gsk-profile; echo hello"),
        ("dash", ".profile", "export GROQ_API_KEY=gsk-profile; echo hello"),
        ("bash", ".profile", "export GROQ_API_KEY=gsk-profile; echo hello"),
        ("bash", ".bash_profile", "case $- in *i*) export GROQ_API_KEY=gsk-profile;; esac; echo hello"),
        ("zsh", ".zshenv", "export GROQ_API_KEY=gsk-profile; echo hello"),
        ("zsh", ".zprofile", "export GROQ_API_KEY=gsk-profile; echo hello"),
        (
            "fish", ".config/fish/config.fish",
            "if status is-login; set -gx GROQ_API_KEY gsk-profile; end; echo hello"
        ),
    ])
    func `the shells of this machine answer`(name: String, file: String, text: String) {
        let places: [String] = ["/bin/\(name)", "/usr/bin/\(name)"]
        guard let path = places.first(where: { access($0, X_OK) == 0 }) else { return }
        for folder in [".config", ".config/fish"] { scratch.makeFolder(folder) }
        scratch.write("\(text)\n", to: file)
        let shell = LoginShell(process: ["SHELL": path, "HOME": scratch.path, "PATH": "/usr/bin:/bin"])
        let answer = shell.ask(for: Self.wanted, under: Self.settings())
        #expect(answer.problem == nil)
        #expect(answer.variables == ["GROQ_API_KEY": Secret("gsk-profile")])
        #expect(shell.path == path)
    }
}

@Suite struct ShellSwitchTests {
    private func adopted(_ variables: [String: String], isEnabled: Bool = false) -> (ShellEnvironmentSettings, [String])
    {
        var settings = ShellEnvironmentSettings()
        settings.isEnabled = isEnabled
        let problems = settings.adopt(EnvironmentLayers(process: variables))
        return (settings, problems.map(\.description))
    }

    @Test(arguments: ["1", "true", "YES", " on "])
    func `the switch turns it on`(text: String) {
        #expect(adopted(["AGENTICFLOW_LOAD_SHELL_ENV": text]).0.isEnabled)
    }

    @Test(arguments: ["0", "false", "NO", "off"])
    func `and off, over the configuration`(text: String) {
        #expect(!adopted(["AGENTICFLOW_LOAD_SHELL_ENV": text], isEnabled: true).0.isEnabled)
    }

    @Test func `anything else changes nothing and is told`() {
        let (settings, problems) = adopted(
            ["AGENTICFLOW_LOAD_SHELL_ENV": "maybe", "AGENTICFLOW_SHELL_ENV_TIMEOUT_MS": "0"], isEnabled: true)
        #expect(settings.isEnabled)
        #expect(settings.timeout == .seconds(15))
        #expect(
            problems == [
                "AGENTICFLOW_LOAD_SHELL_ENV is neither on nor off; allowed: 1, true, yes, on, 0, false, no or off.",
                "AGENTICFLOW_SHELL_ENV_TIMEOUT_MS is no number of milliseconds; allowed: a whole number from 1 to 120000.",
            ])
    }

    @Test func `the time is in milliseconds`() {
        #expect(adopted(["AGENTICFLOW_SHELL_ENV_TIMEOUT_MS": "250"]).0.timeout == .milliseconds(250))
    }
}
