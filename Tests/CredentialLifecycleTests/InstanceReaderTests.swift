// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import ProfileStorage
import Providers
import Rotation
import Settings
import TestKit
import Testing

@testable import CredentialLifecycle

#if canImport(Glibc)
    import Glibc
#endif

/// An instance in a folder of its own, and what a reader makes of it.
private final class Instance {
    let scratch = ScratchFolder(missing: "state")
    let layout: StateLayout
    var reader: InstanceReader

    init(_ variables: [String: String] = [:]) throws {
        let environment = variables.merging(["AGENTICFLOW_STATE_DIR": scratch.path, "HOME": scratch.path]) { own, _ in
            own
        }
        layout = try StateLayout(environment: environment)
        reader = InstanceReader(layout: layout, process: environment)
        for folder in ["", "agents", "agents/main", "agents/main/agent", "agents/helper", "agents/helper/agent"] {
            scratch.makeFolder(folder)
        }
    }

    func configure(_ text: String) { scratch.write(text, to: "agenticflow-enterprise.json") }

    func store(_ text: String, agent: String = "main") {
        scratch.write(text, to: "agents/\(agent)/agent/auth-profiles.json")
    }

    func read() -> InstanceReading { reader.read() }
}

private func profiles(_ names: String...) -> String {
    let entries = names.map {
        "\"anthropic:\($0)\":{\"type\":\"api_key\",\"provider\":\"anthropic\",\"key\":\"sk-of-\($0)-123456\"}"
    }
    return "{\"version\":1,\"profiles\":{\(entries.joined(separator: ","))}}"
}

extension InstanceReading {
    fileprivate func names(of agent: AgentID) -> [String] {
        (self[agent]?.profiles ?? []).map { "\($0.owner)/\($0.profile.id.name)" }.sorted()
    }

    fileprivate func problems(at place: InstanceProblem.Place) -> [InstanceProblem] {
        problems.filter { $0.place == place }
    }
}

@Suite struct InstanceReaderTests {
    static let agents = "{agents:{list:[{id:'main',default:true},{id:'helper'}]}}"
    static let helper = AgentID("helper")!

    @Test func `an included file is watched, and what was read from it stays when it breaks`() throws {
        let instance = try Instance()
        instance.configure("{$include: './more.json5', gateway: {limits: {maxAttempts: 2}}}")
        let missing = instance.read()
        let file = instance.scratch.path("more.json5")
        #expect(missing.files.keys.contains(file))
        #expect(missing.problems.first?.exitCode == .configuration)
        instance.scratch.write("{gateway: {limits: {maxAttempts: 3, maxConnections: 9}}, models: 1}", to: "more.json5")
        let reading = instance.read()
        #expect(reading.settings.gateway.limits.maximumAttempts == 2)
        #expect(reading.settings.gateway.limits.maximumConnections == 9)
        #expect(reading.problems.map(\.text) == ["models (in \(file)) is a number; allowed: an object."])
        #expect(reading.files[file] != missing.files[file])
        instance.scratch.write("{", to: "more.json5")
        let broken = instance.read()
        #expect(broken.settings.gateway.limits.maximumConnections == 9)
        #expect(broken.problems.first?.text.contains("What was last read from it stays in use.") == true)
    }

    private static func lived() throws -> Instance {
        let instance = try Instance()
        instance.configure("{gateway: {auth: {token: 'agw_0123456789'}}}")
        instance.store(profiles("a"))
        instance.scratch.write("GROQ_API_KEY=gsk-0123456789\n", to: ".env")
        #expect(instance.read().problems.isEmpty)
        return instance
    }

    private static func isWhole(_ reading: InstanceReading) -> Bool {
        reading.names(of: .main) == ["main/a"] && reading.clientToken != nil
            && reading.environment.credential("GROQ_API_KEY") != nil
    }

    @Test func `a state directory that was moved away takes nothing away, and is told once`() throws {
        let instance = try Self.lived()
        let (path, aside) = (instance.layout.state, "\(instance.layout.state).old")
        #expect(rename(path, aside) == 0)
        let gone = instance.read()
        #expect(Self.isWhole(gone))
        #expect(
            gone.problems.map(\.text) == [
                "The state directory \(path) is gone. What was last read from it stays in use; move it back, or end "
                    + "the gateway."
            ])
        // An empty one in its place, as a disk that is not mounted leaves it, is not it.
        instance.scratch.makeFolder("")
        let empty = instance.read()
        #expect(Self.isWhole(empty))
        #expect(
            empty.problems.map(\.text)
                == ["agenticflow-enterprise.json", ".env", "agents/main/agent"].map {
                    "\(path)/\($0) is gone. What was last read from it stays in use."
                })
        #expect(rmdir(path) == 0 && rename(aside, path) == 0)
        let back = instance.read()
        #expect(Self.isWhole(back) && back.problems.isEmpty)
    }

    @Test func `an agent's folder that is gone takes no credential away; a store that was deleted does`() throws {
        let instance = try Self.lived()
        let folder = instance.layout.agentDirectory(.main)
        #expect(rename(folder, "\(folder).old") == 0)
        let gone = instance.read()
        #expect(Self.isWhole(gone))
        #expect(gone.problems.map(\.text) == ["\(folder) is gone. What was last read from it stays in use."])
        #expect(gone.problems.map(\.place) == [.store(.main)])
        #expect(rename("\(folder).old", folder) == 0 && unlink(instance.layout.storePath(.main)) == 0)
        let deleted = instance.read()
        #expect(deleted.names(of: .main) == [] && deleted.problems.isEmpty)
        #expect(unlink(instance.layout.dotEnvPath) == 0)
        #expect(instance.read().environment.credential("GROQ_API_KEY") == nil)
    }

    @Test func `nothing at all is an instance with one agent and no problems`() throws {
        let reading = try Instance().read()
        #expect(reading.agents.map(\.id) == [.main])
        #expect(reading.problems.isEmpty)
        #expect(reading.clientToken == nil)
    }

    @Test func `an agent reads through to the main agent's profiles, its own ones first`() throws {
        let instance = try Instance()
        instance.configure(Self.agents)
        instance.store(profiles("a", "b"))
        instance.store(profiles("b", "c"), agent: "helper")
        let reading = instance.read()
        #expect(reading.names(of: Self.helper) == ["helper/b", "helper/c", "main/a"])
        #expect(reading.names(of: .main) == ["main/a", "main/b"])
        // Nothing was copied: a change at the owner is seen at once.
        instance.store(profiles("z"))
        #expect(instance.read().names(of: Self.helper) == ["helper/b", "helper/c", "main/z"])
    }

    @Test func `an agent may keep to its own profiles`() throws {
        let instance = try Instance()
        instance.configure("{agents:{list:[{id:'main'},{id:'helper',auth:{inherit:false}}]}}")
        instance.store(profiles("a"))
        instance.store(profiles("c"), agent: "helper")
        #expect(instance.read().names(of: Self.helper) == ["helper/c"])
    }

    @Test(arguments: [
        "", "{", "{\"version\":1,\"profiles\":{\"anthropic:a\":", "[]", "null", "{\"version\":99}", "\u{0}",
    ])
    func `a store that cannot be read keeps what was known of it, and says so`(broken: String) throws {
        let instance = try Instance()
        instance.store(profiles("a"))
        #expect(instance.read().names(of: .main) == ["main/a"])
        instance.store(broken)
        let reading = instance.read()
        #expect(reading.names(of: .main) == ["main/a"])
        let problem = try #require(reading.problems(at: .store(.main)).first)
        #expect(problem.severity == .error)
        #expect(problem.advice != nil)
        #expect(problem.text.contains("stays in use"))
        #expect(instance.scratch.text(of: "agents/main/agent/auth-profiles.json") == broken)
        instance.store(profiles("b"))
        #expect(instance.read().names(of: .main) == ["main/b"])
    }

    @Test func `a store that is removed takes its profiles along, a configuration does not`() throws {
        let instance = try Instance()
        instance.configure("{gateway:{auth:{token:'agw_known-token'}}}")
        instance.store(profiles("a"))
        #expect(instance.read().clientToken == Secret("agw_known-token"))
        try FileManager.default.removeItem(atPath: instance.layout.storePath(.main))
        try FileManager.default.removeItem(atPath: instance.layout.configPath)
        let reading = instance.read()
        #expect(reading.names(of: .main).isEmpty)
        #expect(reading.clientToken == Secret("agw_known-token"))
        #expect(reading.problems(at: .configuration).count == 1)
    }

    @Test func `a broken configuration leaves the one before in force`() throws {
        let instance = try Instance()
        instance.configure("{gateway:{port:18999}}")
        _ = instance.read()
        instance.configure("{gateway:{port:")
        let reading = instance.read()
        #expect(reading.settings.gateway.port == 18999)
        #expect(reading.problems(at: .configuration).first?.exitCode == .configuration)
    }

    @Test func `the environment file fills the gaps of the process, the configuration those of both`() throws {
        let instance = try Instance(["OPENAI_API_KEY": "from-process"])
        instance.scratch.write("OPENAI_API_KEY=from-file\nGROQ_API_KEY=from-file-12\n", to: ".env")
        instance.configure("{env:{vars:{GROQ_API_KEY:'from-config',XAI_API_KEY:'from-config'}}}")
        let environment = instance.read().environment
        #expect(environment.lookup("OPENAI_API_KEY")?.value == Secret("from-process"))
        #expect(environment.lookup("GROQ_API_KEY")?.value == Secret("from-file-12"))
        #expect(environment.lookup("XAI_API_KEY")?.value == Secret("from-config"))
    }

    @Test func `a file that is open to others is closed, and reported once`() throws {
        let instance = try Instance()
        instance.scratch.write("A_KEY=1\n", to: ".env", mode: 0o644)
        #expect(instance.read().notices.count == 1)
        #expect(instance.scratch.mode(of: ".env") == 0o600)
        #expect(instance.read().notices.isEmpty)
    }

    @Test func `health that other programs have noted is where ours starts`() throws {
        let instance = try Instance()
        let usage = "\"usageStats\":{\"anthropic:a\":{\"lastUsed\":1770000000000}}"
        instance.store(profiles("a").dropLast() + ",\(usage)}")
        let key = HealthKey(owner: .main, id: try #require(ProfileID("anthropic:a")))
        #expect(instance.read().startingHealth[key]?.lastUsed == Date(timeIntervalSince1970: 1_770_000_000))
    }

    @Test(arguments: ["https://169.254.169.254/latest", "http://proxy.example/v1", "ftp://x", "https://u:p@x/v1"])
    func `a provider whose address is refused is left out, so that its keys go to no other`(address: String) throws {
        let instance = try Instance()
        instance.configure("{models:{providers:{anthropic:{baseUrl:'\(address)',apiKey:'key-for-a-proxy'}}}}")
        let reading = instance.read()
        #expect(reading.providers[.anthropic] == nil)
        #expect(
            reading.problems.map(\.text).contains(
                "models.providers.anthropic is left out: nothing can be sent to its baseUrl."))
        #expect(reading.providers[.openai] != nil)
        // It is known all the same, with whose key it would be sent.
        let agent = try #require(reading[.main])
        #expect(reading.candidates(for: .anthropic, of: agent).map(\.candidate.id.text) == ["anthropic:config"])
        #expect(reading.providers.knownIDs.contains(.anthropic))
    }

    @Test(arguments: [
        ("baseUrl:7,api:'openai-completions'", "It is a number.", ".baseUrl https://HOST/v1"),
        ("baseUrl:' ',api:'anthropic-messages'", "It is blank.", ".baseUrl https://HOST"),
        ("baseUrl:'ftp://x'", "It does not start with https:// or http://.", ".baseUrl https://HOST/v1"),
        ("baseUrl:'https://x',api:'google'", "It has a baseUrl and no usable api.", ".api openai-completions"),
        ("api:'openai-responses'", "It has an api and no baseUrl.", ".baseUrl https://HOST/v1"),
        (
            "models:[{id:'m'}]", "It has neither.",
            ".baseUrl https://HOST/v1 && agenticflow-enterprise config set models.providers.corp.api openai-completions"
        ),
        (
            "baseUrl:'https://x',api:'openai-completions',caFile:'ca.pem'",
            "It is no absolute path, and none that begins with ~/.",
            ".caFile /PATH/TO/FILE.pem; or, without one: agenticflow-enterprise config unset models.providers.corp.caFile"
        ),
    ])
    func `why a provider is left out is told with the command that takes it in`(
        text: String, why: String, line: String
    ) throws {
        let instance = try Instance()
        instance.configure("{models:{providers:{corp:{\(text)}}}}")
        let corp = try #require(ProviderID("corp"))
        let fault = try #require(instance.read().providers.faults[corp])
        #expect(fault.advice.why == why)
        #expect(fault.remedy == "Run: agenticflow-enterprise config set models.providers.corp\(line)")
    }

    @Test func `a provider's CA file may be named from the home directory`() throws {
        let instance = try Instance()
        instance.configure("{models:{providers:{anthropic:{caFile:'~/ca.pem'}}}}")
        let file = try #require(instance.read().providers.caFiles[.anthropic])
        #expect(file.hasPrefix("/") && file.hasSuffix("/ca.pem"))
    }

    @Test func `every file that was read is named, with how it was before`() throws {
        let instance = try Instance()
        instance.configure(
            "{agents:{list:[{id:'main'},{id:'helper'}]},models:{providers:{corp:{baseUrl:'https://corp.example/v1',api:'openai-completions',caFile:'/nowhere/ca.pem'}}}}"
        )
        let files = instance.read().files
        #expect(
            files.keys.sorted()
                == [
                    "/nowhere/ca.pem", instance.layout.configPath, instance.layout.dotEnvPath,
                    instance.layout.storePath(.main), instance.layout.storePath(Self.helper),
                ].sorted())
        #expect(files[instance.layout.configPath].flatMap { $0 } != nil)
        #expect(files["/nowhere/ca.pem"].flatMap { $0 } == nil)
    }
}

@Suite struct ReferenceReadingTests {
    private static func store(_ reference: String, type: String = "api_key", field: String = "keyRef") -> String {
        #"{"version":1,"profiles":{"groq:a":{"type":"\#(type)","provider":"groq","key":"gsk-inline-1","\#(field)":\#(reference)}}}"#
    }

    struct Standing: Equatable {
        var code: SkipCode
        var secret: Secret?

        init(_ code: SkipCode, _ secret: Secret?) {
            self.code = code
            self.secret = secret
        }
    }

    private func standing(_ reading: InstanceReading) -> Standing? {
        SourceOrder(profiles: reading[.main]?.profiles ?? [], configured: [], configKey: nil, environmentKeys: [])
            .candidates(for: ProviderID("groq")!).first.map { Standing($0.candidate.standing, $0.secret) }
    }

    @Test func `the place that is named goes before what is written beside it`() throws {
        let instance = try Instance(["TEAM": "gsk-team-1234"])
        instance.store(Self.store(#"{"source":"env","provider":"default","id":"TEAM"}"#))
        #expect(standing(instance.read()) == Standing(.ok, Secret("gsk-team-1234")))
    }

    @Test func `what was last known stays in use, with a problem, until there is something better`() throws {
        let instance = try Instance()
        let path = instance.scratch.path("key")
        instance.store(Self.store("{\"source\":\"file\",\"id\":\"\(path)\"}"))
        var reading = instance.read()
        #expect(standing(reading) == Standing(.unresolvedRef, nil))
        #expect(reading.problems.map(\.text) == ["groq:a refers to file:\(path). \(path) is not there."])

        instance.scratch.write("gsk-team-1\n", to: "key")
        reading = instance.read()
        #expect(standing(reading) == Standing(.ok, Secret("gsk-team-1")))
        #expect(reading.problems.isEmpty && reading.files.keys.contains(path))

        instance.scratch.write("", to: "key")
        reading = instance.read()
        #expect(standing(reading) == Standing(.ok, Secret("gsk-team-1")))
        #expect(
            reading.problems.map(\.text)
                == ["groq:a refers to file:\(path). There is nothing in it. What was last known of it stays in use."])

        instance.scratch.write("gsk-team-2", to: "key")
        #expect(standing(instance.read()) == Standing(.ok, Secret("gsk-team-2")))
        // Nobody refers to it: it is forgotten.
        instance.store(profiles())
        _ = instance.read()
        instance.scratch.write("", to: "key")
        instance.store(Self.store("{\"source\":\"file\",\"id\":\"\(path)\"}"))
        #expect(standing(instance.read()) == Standing(.unresolvedRef, nil))
    }

    @Test func `a program is asked by the gateway alone, and its answers are kept`() throws {
        let instance = try Instance()
        instance.configure("{secrets:{providers:{vault:{source:'exec',command:'/bin/false'}}}}")
        instance.store(Self.store(#"{"source":"exec","provider":"vault","id":"x"}"#))
        var reading = instance.read()
        #expect(standing(reading) == Standing(.ok, nil))
        #expect(reading.questions.isEmpty)

        instance.reader.askPrograms()
        reading = instance.read()
        #expect(standing(reading) == Standing(.unresolvedRef, nil))
        #expect(reading.questions.map(\.ids) == [["x"]])

        let reference = SecretReference("exec:vault:x")!
        let program = SecretProgramSettings(command: "/bin/false")
        var answers = SecretAnswers()
        answers.program = program
        answers.secrets[reference] = Secret("gsk-team-1")
        instance.reader.adopt(answers)
        #expect(standing(instance.read()) == Standing(.ok, Secret("gsk-team-1")))

        answers = SecretAnswers()
        answers.program = program
        answers.problems[reference] = "It is away."
        instance.reader.adopt(answers)
        reading = instance.read()
        #expect(standing(reading) == Standing(.ok, Secret("gsk-team-1")))
        #expect(
            reading.problems.map(\.text).first?.hasSuffix("It is away. What was last known of it stays in use.") == true
        )
    }

    @Test(arguments: [
        (#"{"source":"vault","id":"x"}"#, "api_key", "keyRef", SkipCode.unresolvedRef),
        (#"{"source":"env","id":"lower"}"#, "api_key", "keyRef", .unresolvedRef),
        (#"{"source":"env","id":"TEAM"}"#, "api_key", "tokenRef", .unresolvedRef),
        (#"{"source":"exec","provider":"none","id":"x"}"#, "api_key", "keyRef", .unresolvedRef),
        (#"{"source":"env","id":"TEAM"}"#, "oauth", "keyRef", .ineligibleProfile),
        (#"{"source":"env","id":"TEAM"}"#, "oauth", "tokenRef", .ineligibleProfile),
    ])
    func `a reference that cannot be understood is not used, nor is one of a login`(
        reference: String, type: String, field: String, code: SkipCode
    ) throws {
        let instance = try Instance(["TEAM": "gsk-team-1234"])
        instance.store(Self.store(reference, type: type, field: field))
        let reading = instance.read()
        #expect(standing(reading) == Standing(code, nil))
        #expect(!reading.problems.isEmpty)
    }
}
