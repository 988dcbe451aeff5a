// SPDX-License-Identifier: Apache-2.0
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A gateway that holds its lock and gives no answer: who it is, and what is to be typed. One that is paused is in
/// Tests/EndToEnd/test_bad_gateway.py.
@Suite struct UnhelpfulGatewayTests {
    private static let anew =
        "(nothing stored is lost). Then, unless a service manager starts it again, run: agenticflow-enterprise gateway run"
    private static let end =
        "If it stays so, end it: kill \(getpid()); when that does nothing: kill -9 \(getpid()) \(anew)"

    @Test(arguments: [
        ("gateway status", 0, "\n  fix: \(end)\n"), ("gateway health", 69, "\n  fix: \(end)\n"),
        ("doctor --only gateway-hung", 0, "\n    fix: \(end)\n"),
        ("models status", 0, "\n  fix: What follows is worked out from the files. \(end)\n"),
        ("env list", 0, "\n  fix: What follows is worked out from the files. \(end)\n"),
        ("models auth clear-cooldown openai:a", 69, "\n  fix: \(end); then repeat the command\n"),
        ("env set GROQ_API_KEY", 0, "\n  fix: \(end)\n"),
    ])
    func `every command that asks it says which process to end, and how to start anew`(
        line: String, code: Int, fix: String
    ) {
        let instance = Instance(store: GatewayViewTests.store)
        let gateway = PretendGateway(instance, answers: nil)
        let run = instance.run(line, typing: "gsk-test-1234567890")
        #expect(run.code == code)
        let said = run.stdout + run.stderr
        #expect(said.contains(fix), "\(said)")
        #expect(said.contains("Process \(getpid()) holds its lock, but 127.0.0.1:"), "\(said)")
        withExtendedLifetime(gateway) {}
    }

    @Test func `nobody is told to end a process that does not hold the lock`() {
        let instance = Instance(store: GatewayViewTests.store)
        let gateway = PretendGateway(instance, pid: 1, answers: nil)
        let out = instance.run("gateway status").stdout
        #expect(out.contains("\n- Its process holds its lock, but 127.0.0.1:"), "\(out)")
        #expect(out.contains("\n  fix: If it stays so, end its process, where it was started \(Self.anew)\n"), "\(out)")
        #expect(!out.contains("kill"))
        withExtendedLifetime(gateway) {}
    }

    @Test func `nobody is told to end one that only cannot be asked without the configuration`() {
        let instance = Instance(config: "{ gateway: {", store: GatewayViewTests.store)
        let gateway = PretendGateway(instance, answers: ["/api/v1/status": (401, "{}")])
        let run = instance.run("env list")
        #expect(
            run.stderr.contains("\n  fix: What follows is worked out from the files. Mend the configuration\n"),
            "\(run.stderr)")
        #expect(!run.stderr.contains("kill"))
        withExtendedLifetime(gateway) {}
    }

    @Test func `a write is announced only to a gateway of this state directory`() {
        let instance = Instance(config: "{}", store: GatewayViewTests.store)
        let other = Instance()
        let gateway = PretendGateway(other, answers: nil)
        #expect(instance.run("config set gateway.limits.maxAttempts 2").stderr.isEmpty)
        #expect(
            other.run("config set gateway.limits.maxAttempts 2").stderr
                == "The running gateway takes it up by itself.\n")
        withExtendedLifetime(gateway) {}
    }
}
