// SPDX-License-Identifier: Apache-2.0
import Credentials
import Settings
import Testing

@Suite struct StateLayoutTests {
    private func layout(_ environment: [String: String], home: String? = "/home/me") throws -> StateLayout {
        try StateLayout(environment: environment, home: home, workingDirectory: "/cwd")
    }

    @Test(
        arguments: [
            ([:], "/home/me/.agenticflow-enterprise"), (["HOME": "/h"], "/h/.agenticflow-enterprise"),
            (["HOME": " "], "/home/me/.agenticflow-enterprise"),
            (["HOME": "/h", "AGENTICFLOW_HOME": "~/x"], "/h/x/.agenticflow-enterprise"),
            (["AGENTICFLOW_STATE_DIR": "/s/./a/../b/"], "/s/b"),
            (["AGENTICFLOW_STATE_DIR": "~/s"], "/home/me/s"),
            (["AGENTICFLOW_STATE_DIR": "s"], "/cwd/s"),
            (["AGENTICFLOW_STATE_DIR": "  "], "/home/me/.agenticflow-enterprise"),
            (["AGENTICFLOW_PROFILE": "work"], "/home/me/.agenticflow-enterprise-work"),
            (["AGENTICFLOW_PROFILE": "Default"], "/home/me/.agenticflow-enterprise"),
            (["AGENTICFLOW_PROFILE": "work", "AGENTICFLOW_STATE_DIR": "/s"], "/s"),
        ] as [([String: String], String)])
    func `the state directory follows from the environment`(
        environment: [String: String], state: String
    ) throws {
        #expect(try layout(environment).state == state)
    }

    @Test func `files have their places`() throws {
        let found = try layout([:])
        let helper = try #require(AgentID("helper"))
        #expect(found.configPath == "/home/me/.agenticflow-enterprise/agenticflow-enterprise.json")
        #expect(found.dotEnvPath == "/home/me/.agenticflow-enterprise/.env")
        #expect(found.storePath(.main) == "/home/me/.agenticflow-enterprise/agents/main/agent/auth-profiles.json")
        #expect(found.storePath(helper) == "/home/me/.agenticflow-enterprise/agents/helper/agent/auth-profiles.json")
        #expect(found.sessionsDirectory(helper) == "/home/me/.agenticflow-enterprise/agents/helper/sessions")
        #expect(found.logsDirectory == "/home/me/.agenticflow-enterprise/logs")
        let moved = try layout(["AGENTICFLOW_CONFIG_PATH": "/etc/af.json", "AGENTICFLOW_AGENT_DIR": "~/a"])
        #expect(moved.configPath == "/etc/af.json")
        #expect(moved.storePath(.main) == "/home/me/a/auth-profiles.json")
        #expect(moved.storePath(helper) == found.storePath(helper))
        #expect(try layout(["AGENTICFLOW_STATE_DIR": "/"]).dotEnvPath == "/.env")
    }

    @Test(arguments: ["../x", "a b", "-a", "ä", "a/b", String(repeating: "a", count: 65)])
    func `what is no name for an instance is refused`(name: String) {
        #expect(throws: StateLayoutError.badInstance) { try layout(["AGENTICFLOW_PROFILE": name]) }
    }

    @Test func `a path that cannot be used is refused with its name`() {
        #expect(throws: StateLayoutError.noHome) { try layout([:], home: nil) }
        #expect(throws: StateLayoutError.noHome) { try layout(["AGENTICFLOW_STATE_DIR": "~"], home: nil) }
        for name in ["AGENTICFLOW_STATE_DIR", "AGENTICFLOW_CONFIG_PATH", "AGENTICFLOW_AGENT_DIR", "AGENTICFLOW_HOME"] {
            for path in ["~you/x", "/a\u{0}b"] {
                let refusal = #expect(throws: StateLayoutError.self) { try layout([name: path]) }
                #expect(refusal?.exitCode == .configuration)
                #expect(refusal?.advice.what == "\(name) cannot be used.")
            }
        }
    }

    @Test(arguments: [
        "HOME", "AGENTICFLOW_HOME", "AGENTICFLOW_CONFIG_PATH", "AGENTICFLOW_AGENT_DIR", "AGENTICFLOW_OAUTH_DIR",
    ])
    func `what would move with the working directory is refused`(name: String) {
        for path in ["x", "./x", "..", "x/~"] {
            let refusal = #expect(throws: StateLayoutError.self) { try layout([name: path]) }
            #expect(refusal == .badPath(name: name, problem: "is a relative path"))
        }
    }

    @Test func `the account is looked up only where HOME says nothing`() throws {
        var asked = 0
        func home() -> String? {
            asked += 1
            return "/of/the/account"
        }
        _ = try StateLayout(environment: ["HOME": "/h"], home: home())
        #expect(asked == 0)
        let found = try StateLayout(environment: ["HOME": " "], home: home())
        #expect(asked == 1 && found.state == "/of/the/account/.agenticflow-enterprise")
    }

    @Test func `directories set aside for agents are taken over, shared ones are not`() throws {
        var found = try layout([:])
        var agents: [AgentSettings] = []
        for (id, directory) in [
            ("main", "~/m"), ("a", "/shared"), ("b", "/shared/."), ("c", "relative"), ("d", "~/m"), ("e", nil),
        ] {
            var agent = AgentSettings(
                id: try #require(AgentID(id)), directoryPath: "agents.list[\(agents.count)].agentDir")
            agent.directory = directory
            agents.append(agent)
        }
        let problems = found.adopt(agents)
        #expect(
            agents.map { found.agentDirectory($0.id) } == [
                "/home/me/m", "/shared", "/home/me/.agenticflow-enterprise/agents/b/agent",
                "/home/me/.agenticflow-enterprise/agents/c/agent", "/home/me/.agenticflow-enterprise/agents/d/agent",
                "/home/me/.agenticflow-enterprise/agents/e/agent",
            ])
        #expect(
            problems.map(\.description) == [
                "agents.list[3].agentDir is a relative path; allowed: an absolute path, or ~/….",
                "agents.list[2].agentDir is the directory of agent a too; allowed: a directory of its own.",
                "agents.list[4].agentDir is the directory of agent main too; allowed: a directory of its own.",
            ])
    }

    @Test func `the environment's directory for main wins over the configuration's`() throws {
        var found = try layout(["AGENTICFLOW_AGENT_DIR": "/fixed"])
        var agent = AgentSettings(id: .main)
        agent.directory = "/other"
        #expect(found.adopt([agent]) == [])
        #expect(found.agentDirectory(.main) == "/fixed")
    }
}
