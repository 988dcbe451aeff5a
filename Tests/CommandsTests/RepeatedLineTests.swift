// SPDX-License-Identifier: Apache-2.0
import Testing

/// A variable that several lines of `.env` set.
@Suite struct RepeatedLineTests {
    @Test func `of several lines for one name it is told which one counts, and one or none is left`() {
        let (key, file) = ("sk-test-openai-1234567890", "~/.agenticflow-enterprise/.env")
        let instance = Instance()
        let text =
            "OPENAI_API_KEY=sk-old-CANARY-0123\nA=1\nOPENAI_API_KEY=sk-new-CANARY-0123\nexport OPENAI_API_KEY=\(key)\n"
        instance.write(".env", text)
        let what = "\(file) sets OPENAI_API_KEY more than once: line 4 counts, and lines 1, 3 have no effect."
        let fix =
            "Keep one of them (lines 1, 3, 4): \"${EDITOR:-vi}\" +1 \(file); or write it anew: "
            + "agenticflow-enterprise env set OPENAI_API_KEY\n"
        let list = instance.run("env list")
        #expect(list.code == 0 && list.stdout.contains("OPENAI_API_KEY=sk-tes...7890"), "\(list)")
        #expect(
            list.stderr
                == "warning: \(what)\n  why: Of several lines for one name the last one counts.\n  fix: \(fix)")
        let doctor = instance.run("doctor").stdout
        #expect(doctor.contains("warning: \(what) [env-file-repeat]") && doctor.contains("fix: \(fix)"), "\(doctor)")
        #expect(instance.run("env set OPENAI_API_KEY", typing: "sk-next-0123456789ab\n").code == 0)
        #expect(instance.read(".env") == "OPENAI_API_KEY=sk-next-0123456789ab\nA=1\n")
        #expect(instance.run("env list").stderr == "")
        instance.write(".env", text)
        #expect(instance.run("env unset OPENAI_API_KEY").code == 0)
        #expect(instance.read(".env") == "A=1\n")
    }
}
