// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

#if canImport(Glibc)
    import Glibc
#endif

extension Instance {
    fileprivate var backupSets: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(state)/doctor-backups")) ?? []).sorted()
    }
}

/// What `doctor --undo` does where something stands in its way.
@Suite struct DoctorUndoTests {
    @Test(arguments: ["a link", "a pipe", "another user's file"])
    func `what stands in the way is found before the first file is taken back`(kind: String) {
        let instance = DoctorFixTests.broken()
        _ = instance.run("doctor --fix --yes")
        let path = "\(instance.state)/.env"
        rename(path, "\(instance.home)/moved")
        switch kind {
        case "a link": symlink("\(instance.home)/moved", path)
        case "a pipe": mkfifo(path, 0o600)
        default:
            instance.write(".env", "THEIRS=1\n")
            // Only root can give a file away.
            guard chown(path, 65_534, 65_534) == 0 else { return }
        }
        let config = instance.config
        let run = instance.run("doctor --undo")
        #expect(run.code == 77, "\(run.stderr)")
        #expect(
            run.stderr.hasPrefix("error: Nothing was taken back: ~/.agenticflow-enterprise/.env cannot be written.\n"))
        #expect(instance.config == config && run.stdout.isEmpty)
        #expect(instance.read("doctor-backups/20260921T141320Z/undone") == nil)
        unlink(path)
        rename("\(instance.home)/moved", path)
        #expect(instance.run("doctor --undo").code == 0)
        #expect(instance.config?.contains("// misplaced") == true)
    }

    @Test(arguments: ["agents/main/agent/auth-profiles.json", "agents/main/agent/auth.json"])
    func `a folder in the place of one of several files stops the way back, which can be gone again`(name: String) {
        let instance = DoctorFixTests.broken()
        _ = instance.run("doctor --fix --yes")
        let path = "\(instance.state)/\(name)"
        rename(path, "\(instance.home)/moved")
        mkdir(path, 0o700)
        let before = instance.snapshot
        for force in ["", " --force"] {
            let run = instance.run("doctor --undo\(force)")
            #expect(run.code == 77 && run.stdout.isEmpty)
            #expect(
                run.stderr.hasPrefix(
                    """
                    error: Nothing was taken back: ~/.agenticflow-enterprise/\(name) cannot be written.
                      why: It is not a regular file.
                      fix:
                    """), "\(run.stderr)")
            #expect(run.stderr.contains("Then run: agenticflow-enterprise doctor --undo\n"))
            #expect(instance.snapshot == before)
        }
        rmdir(path)
        rename("\(instance.home)/moved", path)
        #expect(instance.run("doctor --undo").code == 0)
        #expect(instance.config?.contains("// misplaced") == true)
        #expect(instance.read("agents/main/agent/auth.json")?.hasPrefix("{\"openrouter\": ") == true)
    }

    @Test func `a repair that changed nothing stands in nobody's way`() {
        let instance = DoctorFixTests.broken()
        let before = instance.config
        #expect(instance.run("doctor --fix --yes").code == 0)
        let sets = instance.backupSets
        // Another configuration, whose lock cannot be had, whoever asks.
        instance.write("other/x.json", "{gateway: {port: 0}}")
        mkdir("\(instance.state)/other/x.json.lock", 0o700)
        instance.environment["AGENTICFLOW_CONFIG_PATH"] = "\(instance.state)/other/x.json"
        let failed = instance.run("doctor --fix --yes")
        #expect(failed.code == 77 && failed.stderr.contains("Nothing was changed."), "\(failed.stderr)")
        #expect(instance.backupSets == sets)
        instance.environment["AGENTICFLOW_CONFIG_PATH"] = nil
        let run = instance.run("doctor --undo")
        #expect(run.code == 0, "\(run.stderr)")
        #expect(instance.config == before)
    }

    @Test func `what a repair did not come to is passed over, wherever that was`() {
        let instance = Instance(config: "{}")
        let set = "doctor-backups/20260101T000000Z"
        // As a process leaves it that was ended between its backup and its first change.
        instance.write(
            "\(set)/manifest.json",
            """
            {"version": 1, "madeAt": 0, "changes": [{"path": "/proc/nowhere/x.json", "kind": "content", "existed": false,
              "mode": null, "modeAfter": "600", "lock": "x.json.lock", "after": "0.after", "afterBytes": 2}]}
            """)
        instance.write("\(set)/0.after", "{}")
        let run = instance.run("doctor --undo")
        #expect(run.code == 0, "\(run.stderr)")
        #expect(!run.stdout.contains("Restored"))
        #expect(instance.run("doctor --undo").code == 66)
    }

    @Test func `backups that cannot be looked into are not none`() {
        let instance = DoctorFixTests.broken()
        #expect(instance.run("doctor --fix --yes").code == 0)
        let path = "\(instance.state)/doctor-backups"
        rename(path, "\(instance.home)/moved")
        symlink("\(instance.home)/moved", path)
        let run = instance.run("doctor --undo")
        #expect(run.code == 77 && !run.stderr.contains("nothing to take back"), "\(run.stderr)")
    }

    @Test func `a list of a backup that is cut anywhere is refused, and nothing is taken back`() throws {
        let instance = DoctorFixTests.broken()
        _ = instance.run("doctor --fix --yes")
        let name = "doctor-backups/20260921T141320Z/manifest.json"
        let whole = try #require(instance.read(name))
        let config = instance.config
        // The last byte is a line break.
        for length in 0..<(whole.utf8.count - 1) {
            instance.write(name, String(decoding: Array(whole.utf8.prefix(length)), as: UTF8.self))
            let run = instance.run("doctor --undo")
            guard run.code == 65, run.stderr.contains("cannot be read as the list of a backup."), run.stdout.isEmpty,
                instance.config == config
            else {
                Issue.record("cut at \(length): \(run)")
                return
            }
        }
        instance.write(name, whole)
        #expect(instance.run("doctor --undo").code == 0)
    }

    @Test(arguments: ["newer", "folder", "pipe", "huge"])
    func `a list of a backup that is something else is refused, and nothing is taken back`(kind: String) {
        let instance = DoctorFixTests.broken()
        _ = instance.run("doctor --fix --yes")
        let name = "doctor-backups/20260921T141320Z/manifest.json"
        let path = "\(instance.state)/\(name)"
        unlink(path)
        switch kind {
        case "newer": instance.write(name, "{\"version\": 2, \"changes\": []}")
        case "folder": mkdir(path, 0o700)
        case "pipe": mkfifo(path, 0o600)
        default:
            instance.write(name, "{")
            truncate(path, 100 << 20)
        }
        let config = instance.config
        let run = instance.run("doctor --undo")
        #expect(run.code == (kind == "folder" || kind == "pipe" ? 77 : 65), "\(run.stderr)")
        #expect(run.stderr.hasPrefix("error: ") && run.stderr.contains("\n  fix: "))
        #expect(instance.config == config && run.stdout.isEmpty)
    }
}
