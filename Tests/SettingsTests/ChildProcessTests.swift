// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Settings
import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Programs that do what they should not: each costs its time at most, and what it has said is not lost.
@Suite struct ChildProcessTests {
    private let scratch = ScratchFolder()
    /// Far beyond what any of these should take, on a machine with much to do.
    private static let patience = Duration.seconds(20)

    private func run(
        _ script: String, _ timeout: Duration = .seconds(60), limit: Int = 1 << 20, input: [UInt8] = []
    ) -> (output: String, ending: ChildProcess.Ending, isInTime: Bool) {
        var child = ChildProcess(
            path: "/bin/sh", arguments: ["-c", script],
            environment: ["PATH": "/usr/bin:/bin", "PLACE": scratch.path], timeout: timeout, limitInBytes: limit)
        child.input = input
        let start = ContinuousClock.now
        let (output, ending) = child.run()
        return (String(decoding: output, as: UTF8.self), ending, ContinuousClock.now - start < Self.patience)
    }

    /// Its number, as the script wrote it to `pid`.
    private func started() -> pid_t? { scratch.text(of: "pid").flatMap { pid_t($0.trimmed) } }

    /// Ended, though perhaps not waited for by whoever inherited it.
    private func isGone(_ pid: pid_t) -> Bool {
        let deadline = ContinuousClock.now + Self.patience
        while let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/stat"),
            let state = String(decoding: bytes, as: UTF8.self).split(separator: ")").last?.split(separator: " ").first,
            state != "Z", state != "X"
        {
            if ContinuousClock.now > deadline { return false }
            usleep(1000)
        }
        return true
    }

    @Test func `a grandchild that holds the output holds nobody up, and ends`() throws {
        let run = run("sleep 600 & echo $! > \"$PLACE/pid\"; echo said")
        #expect(run.output == "said\n")
        #expect(run.ending == .exited(0))
        #expect(run.isInTime)
        #expect(isGone(try #require(started())))
    }

    /// It is left alone, on purpose: so do the agents of password managers.
    @Test func `a grandchild in a session of its own holds nobody up, and stays`() throws {
        let run = run(
            "setsid sh -c 'echo $$ > \"$PLACE/pid\"; exec sleep 600' & "
                + "until [ -s \"$PLACE/pid\" ]; do sleep 0.01; done; echo said")
        let pid = try #require(started())
        defer { kill(pid, SIGKILL) }
        #expect(run.output == "said\n")
        #expect(run.ending == .exited(0))
        #expect(run.isInTime)
        #expect(kill(pid, 0) == 0)
    }

    @Test func `one that goes on writing is cut off, with its pipe`() throws {
        let run = run(
            "setsid sh -c 'echo $$ > \"$PLACE/pid\"; while :; do echo more; done' & "
                + "until [ -s \"$PLACE/pid\" ]; do sleep 0.01; done; exit 3")
        #expect([.exited(3), .flooded].contains(run.ending))
        #expect(run.output.utf8.count <= 1 << 20)
        #expect(run.isInTime)
        #expect(isGone(try #require(started())))
    }

    @Test(arguments: [
        "trap '' TERM HUP INT PIPE; while :; do sleep 0.05; done", "exec >&-; exec sleep 600", "exec sleep 600",
        "kill -STOP $$", "sleep 600 & exec >&-; wait",
    ])
    func `one that does not end is ended when its time is over`(script: String) throws {
        let run = run("echo $$ > \"$PLACE/pid\"; \(script)", .milliseconds(500))
        #expect(run.output == "")
        #expect(run.ending == .timedOut)
        #expect(run.isInTime)
        #expect(isGone(try #require(started())))
    }

    @Test func `what it writes to standard error counts for nothing`() {
        let run = run("head -c 50000000 /dev/zero >&2; echo said", limit: 100)
        #expect(run.output == "said\n")
        #expect(run.ending == .exited(0))
    }

    @Test func `one that writes too much is ended, and its beginning is kept`() throws {
        let run = run("echo $$ > \"$PLACE/pid\"; exec yes", limit: 1000)
        #expect(run.output == String(repeating: "y\n", count: 500))
        #expect(run.ending == .flooded)
        #expect(isGone(try #require(started())))
    }

    @Test func `one that does not read its input is not waited for`() {
        let run = run("echo said", input: [UInt8](repeating: 0x61, count: ChildProcess.maximumInputBytes))
        #expect(run.output == "said\n")
        #expect(run.ending == .exited(0))
        #expect(run.isInTime)
    }
}
