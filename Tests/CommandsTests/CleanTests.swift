// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

@Suite struct CleanTests {
    private static let past = Int(Instance.now.timeIntervalSince1970 * 1000) - 3_600_000
    private static func token(_ expires: Int?) -> String {
        #"{"type":"token","provider":"groq","token":"gsk-CANARY-123"\#(expires.map { ",\"expires\":\($0)" } ?? "")}"#
    }
    private static let store = """
        {"version":1,"profiles":{
         "groq:gone":\(token(past)),
         "groq:ordered":\(token(past)),
         "groq:configured":\(token(past)),
         "groq:pinned":\(token(past)),
         "groq:later":\(token(past + 7_200_000)),
         "groq:undated":\(token(nil)),
         "groq:odd":{"type":"token","provider":"groq","token":"gsk-CANARY-123","expires":"soon"},
         "groq:key":{"type":"api_key","provider":"groq","key":"gsk-CANARY-123"},
         "groq:login":{"type":"oauth","provider":"groq","access":"gsk-CANARY-123","refresh":"r-CANARY","expires":\(past)},
         "groq:dead":{"type":"oauth","provider":"groq","access":"gsk-CANARY-123","expires":\(past)}},
         "order":{"groq":["groq:ordered"]}}
        """
    private static let config =
        "{auth:{order:{groq:['groq:configured']}},agents:{defaults:{model:{primary:'groq/m@groq:pinned'}}}}"

    @Test func `what has expired and is named nowhere is listed`() {
        let instance = Instance(config: Self.config, store: Self.store)
        let run = instance.run("models auth clean --dry-run")
        #expect(run.code == 0)
        #expect(
            run.stdout.split(separator: "\n").map { $0.prefix(12) }
                == ["Expired, and", "- groq:dead ", "- groq:gone "])
        #expect(run.stdout.contains(", expired 1h ago (2026-09-21T13:13:20Z)\n"), "\(run.stdout)")
        #expect(!run.stdout.contains("CANARY-123"))
        #expect(instance.store == Self.store)
    }

    @Test func `it is removed when that is said`() throws {
        let instance = Instance(config: Self.config, store: Self.store)
        let run = instance.run("models auth clean --yes")
        #expect(run.code == 0)
        #expect(
            run.stdout.contains(
                "Removed auth profile: groq:dead (groq/oauth)\nRemoved auth profile: groq:gone (groq/token)"))
        let after = try JSON(instance.store ?? "")
        #expect(after["profiles.groq:gone"] == nil && after["profiles.groq:dead"] == nil)
        #expect(after["profiles.groq:login.refresh"] == "r-CANARY")
        #expect(instance.config == Self.config)
        #expect(
            instance.run("models auth clean --yes").stdout == "Nothing to clean in the store of agent main.\n")
    }

    @Test func `what may be dated in seconds, and valid then, is left, and why is told`() throws {
        let store = """
            {"version":1,"profiles":{
             "groq:seconds":\(Self.token(1_900_000_000)),
             "groq:old":\(Self.token(1_700_000_000))}}
            """
        let instance = Instance(store: store)
        let told = """
            warning: groq:seconds was left: its expires may be in seconds.
              why: The store counts milliseconds, so it has expired; in seconds it is valid until 2030-03-17T17:46:40Z.
              fix: See how to give it its date: agenticflow-enterprise doctor. To take it out all the same, run: \
            agenticflow-enterprise models auth logout groq:seconds --agent main

            """
        let run = instance.run("models auth clean --dry-run")
        #expect(run.stdout.split(separator: "\n").map { $0.prefix(10) } == ["Expired, a", "- groq:old"])
        #expect(run.stderr == told)
        #expect(instance.run("models auth clean --yes").code == 0)
        let after = try JSON(instance.store ?? "")
        #expect(after["profiles.groq:seconds.expires"] == 1_900_000_000 && after["profiles.groq:old"] == nil)
        let again = instance.run("models auth clean --yes")
        #expect(again == Transcript(stdout: "Nothing to clean in the store of agent main.\n", stderr: told, code: 0))
    }

    @Test func `as JSON, and nothing else`() throws {
        let instance = Instance(config: Self.config, store: Self.store)
        let listed = try JSON(instance.run("models auth clean --dry-run --json").stdout)
        #expect(
            listed["profiles.1"]
                == [
                    "id": "groq:gone", "provider": "groq", "type": "token", "expiresAt": "2026-09-21T13:13:20Z",
                    "removed": false,
                ])
        let removed = try JSON(instance.run("models auth clean --yes --json").stdout)
        #expect(removed["profiles.1.removed"] == true)
        #expect(removed["agentId"] == "main")
    }

    @Test func `another agent's is that agent's, and what it inherits stays`() throws {
        let instance = Instance(
            config: "{agents:{list:[{id:'main',default:true},{id:'coder'}]}}", store: Self.store)
        instance.write(
            "agents/coder/agent/auth-profiles.json", #"{"version":1,"profiles":{"groq:own":\#(Self.token(Self.past))}}"#
        )
        let run = instance.run("models auth clean --yes --agent coder --json")
        #expect(run.code == 0)
        #expect(try JSON(run.stdout)["agentId"] == "coder")
        #expect(try JSON(run.stdout)["profiles.0.id"] == "groq:own")
        #expect(try JSON(instance.read("agents/coder/agent/auth-profiles.json") ?? "")["profiles"] == [:])
        #expect(instance.store == Self.store)
    }

    @Test(arguments: [
        ("clean", "Nothing was removed."), ("clean --json", "Nothing was removed."),
        ("clean --dry-run --yes", "--dry-run and --yes do not go together."),
    ])
    func `nothing is removed without a word`(command: String, what: String) {
        let instance = Instance(config: Self.config, store: Self.store)
        let run = instance.run("models auth \(command)")
        #expect(run.code == 64)
        #expect((run.stderr + run.stdout).contains(what))
        #expect(instance.store == Self.store)
    }
}
