// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Testing

@testable import Commands

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct DoctorReportTests {
    @Test func `the JSON is of this shape`() throws {
        let instance = Instance(config: "{gateway: {port: 0, token: \"agw_misplaced\"}}")
        instance.settle()
        let run = instance.run("doctor --json --skip no-credentials --skip gateway-not-running")
        #expect(run.code == 0 && run.stderr == "")
        #expect(
            run.stdout == """
                {
                  "version": 1,
                  "checks": [
                    {
                      "id": "config-gateway-token-misplaced",
                      "severity": "warning",
                      "group": "configuration",
                      "what": "gateway.token stands where it has no effect.",
                      "why": "Clients' token is read from gateway.auth.token.",
                      "fix": "Run: agenticflow-enterprise doctor --fix",
                      "path": "\(instance.configPath)",
                      "repairable": true
                    },
                    {
                      "id": "gateway-token-missing",
                      "severity": "warning",
                      "group": "gateway",
                      "what": "There is no client token.",
                      "why": "Neither gateway.auth.token nor AGENTICFLOW_GATEWAY_TOKEN names one; the first start makes it.",
                      "fix": "Run: agenticflow-enterprise doctor --generate-gateway-token",
                      "path": "\(instance.configPath)",
                      "repairable": false
                    }
                  ],
                  "variables": [],
                  "summary": {
                    "errors": 0,
                    "warnings": 2,
                    "infos": 0,
                    "repairable": 1
                  }
                }

                """)
    }

    @Test func `the words stand in groups, the worst first`() {
        let instance = Instance(config: "{gateway: {port: \"x\", token: \"agw_misplaced\"}}")
        instance.settle()
        let run = instance.run("doctor --skip gateway-token-missing --skip port-in-use")
        let titles = run.stdout.split(separator: "\n").filter { !$0.hasPrefix("    ") }
        #expect(
            titles == [
                "Configuration",
                "  error: gateway.port is text; allowed: a whole number from 0 to 65535. The default is used instead: 18789. [config-value-unusable]",
                "  warning: gateway.token stands where it has no effect. [config-gateway-token-misplaced]",
                "Credentials", "  error: No credentials found. [no-credentials]", "Gateway",
                "  info: No gateway runs on this state directory. [gateway-not-running]",
                "2 errors, 1 warning, 1 note. 1 can be repaired: agenticflow-enterprise doctor --fix",
                "Doctor complete.",
            ])
    }

    static let lint: [(String, Int32)] = [
        ("doctor --lint", 1), ("doctor --lint --severity-min error", 0), ("doctor --lint --severity-min info", 1),
        ("doctor --lint --skip file-permissions", 0), ("doctor --lint --only file-permissions", 1),
        ("doctor --lint --only gateway-not-running", 0),
        ("doctor --lint --only gateway-not-running --severity-min info", 1), ("doctor --lint --json", 1),
        ("doctor", 0), ("doctor --json", 0), ("doctor --json --only no-credentials", 0),
    ]

    @Test(arguments: lint) func `lint says by its exit code what was found`(words: String, code: Int32) {
        let instance = Patient.healthy()
        chmod(instance.configPath, 0o644)
        instance.settle()
        #expect(instance.run(words).code == code)
    }

    @Test func `lint leaves out what is below, unless all is asked for`() {
        let instance = Patient.healthy()
        instance.settle()
        #expect(instance.run("doctor --lint").stdout == "Nothing found.\n")
        let all = instance.run("doctor --lint --all")
        #expect(all.code == 0)
        #expect(all.stdout.contains("[gateway-not-running]"))
    }

    @Test func `lint that cannot look exits with 2`() {
        let instance = Patient.healthy()
        instance.environment["AGENTICFLOW_PROFILE"] = "a/b"
        let run = instance.run("doctor --lint")
        #expect(run.code == 2)
        #expect(run.stderr.hasPrefix("error: That is not a name for an instance."))
        #expect(instance.run("doctor").code == 64)
    }

    static let contradictions = [
        ("--lint --fix", "Choose one of --lint and --fix."), ("--json --fix", "--fix does not print JSON."),
        ("--json --undo", "--undo does not print JSON."), ("--fix --undo", "Choose one of --fix and --undo."),
        ("--lint --generate-gateway-token", "Choose one of --lint and --generate-gateway-token."),
        ("--yes --json", "--yes makes repairs, and --json only looks."),
        ("--lint --yes", "--yes makes repairs, and --lint only looks."),
        ("--undo --allow-exec", "--allow-exec is for a report; --undo makes none."),
        ("--dry-run", "--dry-run goes with --fix."),
        ("--fix --yes --dry-run", "Choose either --yes or --dry-run, not both."),
        ("--force", "--force goes with --undo or --fix."), ("--severity-min error", "--severity-min goes with --lint."),
        ("--all", "--all goes with --lint."),
        ("--undo --only file-permissions", "--only and --skip choose checks; --undo makes none."),
        ("--lint --severity-min warnin", "There is no severity \"warnin\". Did you mean warning?"),
        ("--only file-permision", "There is no check \"file-permision\". Did you mean file-permissions?"),
        ("--skip zzzzzzzz", "There is no check \"zzzzzzzz\"."),
    ]

    @Test(arguments: contradictions) func `flags that contradict are refused`(words: String, message: String) {
        let instance = Patient.healthy()
        let before = instance.everything
        let run = instance.run("doctor \(words)")
        #expect(run.code == 64)
        // With --json the error is the one document on standard output.
        let isJSON = words.contains("--json")
        #expect((isJSON ? run.stdout : run.stderr).contains(message), "\(run.stdout)\(run.stderr)")
        #expect((isJSON ? run.stderr : run.stdout) == "")
        #expect(instance.everything == before)
    }

    @Test func `flags for what this version has not got change nothing`() {
        let instance = Patient.healthy()
        let plain = instance.run("doctor")
        #expect(instance.run("doctor --no-workspace-suggestions") == plain)
        let deep = instance.run("doctor --deep")
        #expect(deep.stdout == plain.stdout && deep.code == plain.code)
        #expect(
            deep.stderr == "--deep: this version installs no system service, so there is none to look at.\n"
                + plain.stderr)
    }

    @Test func `the documentation lists every check`() throws {
        let path = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let page = FileManager.default.contents(atPath: "/\(path)/docs/gateway/doctor.md").map {
            String(decoding: $0, as: UTF8.self)
        }
        let rows = page?.split(separator: "\n").filter { $0.hasPrefix("| `") && !$0.hasPrefix("| `--") }.map(
            String.init)
        #expect(
            rows
                == CheckID.allCases.map {
                    "| `\($0.rawValue)` | \($0.severity.rawValue) | \($0.meaning) | \($0.remedy) |"
                })
    }

    @Test(arguments: [
        ("0.1.0", "0.1", false, false), ("0.9", "0.10", true, false), ("1.0.0-rc1", "1.0.0", false, false),
        ("2", "1.9.9", false, true),
    ])
    func `versions are compared by their numbers`(a: String, b: String, isEarlier: Bool, isLater: Bool) {
        #expect((Version(a) < Version(b)) == isEarlier)
        #expect((Version(a) > Version(b)) == isLater)
    }

    @Test func `a thousand profiles take no longer than their number allows`() throws {
        func seconds(_ count: Int) throws -> Double {
            let entries = (0..<count).map {
                "\"openrouter:p\($0)\": {\"type\": \"api_key\", \"provider\": \"openrouter\", \"key\": \"sk-or-\($0)-0123456789\"}"
            }
            let notes = (0..<count).map { "\"openrouter:p\($0)\": {provider: \"openrouter\", mode: \"api_key\"}" }
            let instance = Instance(
                config: "{gateway: {port: 0}, auth: {profiles: {\(notes.joined(separator: ","))}}}",
                store: "{\"version\": 1, \"profiles\": {\(entries.joined(separator: ","))}}")
            instance.settle()
            let start = ContinuousClock.now
            #expect(instance.run("doctor --json").code == 0)
            return (ContinuousClock.now - start).seconds
        }
        _ = try seconds(10)
        let (few, many) = (try seconds(250), try seconds(2000))
        // Eight times as many; a square would be 64 times.
        #expect(many < few * 24, "\(few) s, \(many) s")
    }
}

extension Duration {
    fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

@Suite struct UnifiedDiffTests {
    @Test func `a difference reads as that of diff -u`() {
        let old = (1...30).map { "line \($0)" }
        var new = old
        new[1] = "another"
        new.insert("between", at: 20)
        let diff = UnifiedDiff(old.joined(separator: "\n"), new.joined(separator: "\n"))
        #expect(
            diff.lines == [
                "@@ -1,5 +1,5 @@", " line 1", "-line 2", "+another", " line 3", " line 4", " line 5",
                "@@ -18,6 +18,7 @@",
                " line 18", " line 19", " line 20", "+between", " line 21", " line 22", " line 23",
            ])
    }

    @Test func `near changes stand together`() {
        let diff = UnifiedDiff("a\nb\nc\nd\ne", "A\nb\nc\nd\nE")
        #expect(diff.lines == ["@@ -1,5 +1,5 @@", "-a", "+A", " b", " c", " d", "-e", "+E"])
    }

    @Test func `equal texts have none`() { #expect(UnifiedDiff("a\nb", "a\nb").lines == []) }
}
