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

@Suite struct InstanceReaderTests {
    static let agents = "{agents:{list:[{id:'main',default:true},{id:'helper'}]}}"
    static let helper = AgentID("helper")!

    @Test func `an included file is watched, and what was read from it stays when it breaks`() throws {
        let instance = try ReaderInstance()
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

    private static func lived() throws -> ReaderInstance {
        let instance = try ReaderInstance()
        instance.configure("{gateway: {auth: {token: 'agw_0123456789'}}}")
        instance.store(anthropicProfiles("a"))
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

    @Test func `an agent that was removed, or has another folder, leaves no credential behind`() throws {
        let instance = try ReaderInstance()
        instance.configure(Self.agents)
        instance.store(anthropicProfiles("c"), agent: "helper")
        #expect(instance.read().names(of: Self.helper) == ["helper/c"])
        instance.configure("{agents:{list:[{id:'main'},{id:'helper',agentDir:'\(instance.layout.state)/other'}]}}")
        let moved = instance.read()
        #expect(moved.names(of: Self.helper) == [] && moved.problems.isEmpty)
        instance.configure(Self.agents)
        #expect(instance.read().names(of: Self.helper) == ["helper/c"])
        instance.configure("{}")
        #expect(instance.read()[Self.helper] == nil)
        let folder = instance.layout.agentDirectory(Self.helper)
        #expect(rename(folder, "\(folder).old") == 0)
        instance.configure(Self.agents)
        let anew = instance.read()
        #expect(anew.names(of: Self.helper) == [] && anew.problems.isEmpty)
    }

    @Test func `nothing at all is an instance with one agent and no problems`() throws {
        let reading = try ReaderInstance().read()
        #expect(reading.agents.map(\.id) == [.main])
        #expect(reading.problems.isEmpty)
        #expect(reading.clientToken == nil)
    }

    @Test func `an agent reads through to the main agent's profiles, its own ones first`() throws {
        let instance = try ReaderInstance()
        instance.configure(Self.agents)
        instance.store(anthropicProfiles("a", "b"))
        instance.store(anthropicProfiles("b", "c"), agent: "helper")
        let reading = instance.read()
        #expect(reading.names(of: Self.helper) == ["helper/b", "helper/c", "main/a"])
        #expect(reading.names(of: .main) == ["main/a", "main/b"])
        // Nothing was copied: a change at the owner is seen at once.
        instance.store(anthropicProfiles("z"))
        #expect(instance.read().names(of: Self.helper) == ["helper/b", "helper/c", "main/z"])
    }

    @Test func `an agent may keep to its own profiles`() throws {
        let instance = try ReaderInstance()
        instance.configure("{agents:{list:[{id:'main'},{id:'helper',auth:{inherit:false}}]}}")
        instance.store(anthropicProfiles("a"))
        instance.store(anthropicProfiles("c"), agent: "helper")
        #expect(instance.read().names(of: Self.helper) == ["helper/c"])
    }

    @Test(arguments: [
        "", "{", "{\"version\":1,\"profiles\":{\"anthropic:a\":", "[]", "null", "{\"version\":99}", "\u{0}",
    ])
    func `a store that cannot be read keeps what was known of it, and says so`(broken: String) throws {
        let instance = try ReaderInstance()
        instance.store(anthropicProfiles("a"))
        #expect(instance.read().names(of: .main) == ["main/a"])
        instance.store(broken)
        let reading = instance.read()
        #expect(reading.names(of: .main) == ["main/a"])
        let problem = try #require(reading.problems(at: .store(.main)).first)
        #expect(problem.severity == .error)
        #expect(problem.advice != nil)
        #expect(problem.text.contains("stays in use"))
        #expect(instance.scratch.text(of: "agents/main/agent/auth-profiles.json") == broken)
        instance.store(anthropicProfiles("b"))
        #expect(instance.read().names(of: .main) == ["main/b"])
    }

    @Test func `a store that is removed takes its profiles along, a configuration does not`() throws {
        let instance = try ReaderInstance()
        instance.configure("{gateway:{auth:{token:'agw_known-token'}}}")
        instance.store(anthropicProfiles("a"))
        #expect(instance.read().clientToken == Secret("agw_known-token"))
        try FileManager.default.removeItem(atPath: instance.layout.storePath(.main))
        try FileManager.default.removeItem(atPath: instance.layout.configPath)
        let reading = instance.read()
        #expect(reading.names(of: .main).isEmpty)
        #expect(reading.clientToken == Secret("agw_known-token"))
        #expect(reading.problems(at: .configuration).count == 1)
    }

    @Test func `a broken configuration leaves the one before in force`() throws {
        let instance = try ReaderInstance()
        instance.configure("{gateway:{port:18999}}")
        _ = instance.read()
        instance.configure("{gateway:{port:")
        let reading = instance.read()
        #expect(reading.settings.gateway.port == 18999)
        #expect(reading.problems(at: .configuration).first?.exitCode == .configuration)
    }

    @Test func `the environment file fills the gaps of the process, the configuration those of both`() throws {
        let instance = try ReaderInstance(["OPENAI_API_KEY": "from-process"])
        instance.scratch.write("OPENAI_API_KEY=from-file\nGROQ_API_KEY=from-file-12\n", to: ".env")
        instance.configure("{env:{vars:{GROQ_API_KEY:'from-config',XAI_API_KEY:'from-config'}}}")
        let environment = instance.read().environment
        #expect(environment.lookup("OPENAI_API_KEY")?.value == Secret("from-process"))
        #expect(environment.lookup("GROQ_API_KEY")?.value == Secret("from-file-12"))
        #expect(environment.lookup("XAI_API_KEY")?.value == Secret("from-config"))
    }

    @Test func `a file that is open to others is closed, and reported once`() throws {
        let instance = try ReaderInstance()
        instance.scratch.write("A_KEY=1\n", to: ".env", mode: 0o644)
        #expect(instance.read().notices.count == 1)
        #expect(instance.scratch.mode(of: ".env") == 0o600)
        #expect(instance.read().notices.isEmpty)
    }

    @Test func `health that other programs have noted is where ours starts`() throws {
        let instance = try ReaderInstance()
        let usage = "\"usageStats\":{\"anthropic:a\":{\"lastUsed\":1770000000000}}"
        instance.store(anthropicProfiles("a").dropLast() + ",\(usage)}")
        let key = HealthKey(owner: .main, id: try #require(ProfileID("anthropic:a")))
        #expect(instance.read().startingHealth[key]?.lastUsed == Date(timeIntervalSince1970: 1_770_000_000))
    }

    @Test(arguments: ["https://169.254.169.254/latest", "http://proxy.example/v1", "ftp://x", "https://u:p@x/v1"])
    func `a provider whose address is refused is left out, so that its keys go to no other`(address: String) throws {
        let instance = try ReaderInstance()
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
        let instance = try ReaderInstance()
        instance.configure("{models:{providers:{corp:{\(text)}}}}")
        let corp = try #require(ProviderID("corp"))
        let fault = try #require(instance.read().providers.faults[corp])
        #expect(fault.advice.why == why)
        #expect(fault.remedy == "Run: agenticflow-enterprise config set models.providers.corp\(line)")
    }

    @Test func `a provider's CA file may be named from the home directory`() throws {
        let instance = try ReaderInstance()
        instance.configure("{models:{providers:{anthropic:{caFile:'~/ca.pem'}}}}")
        let file = try #require(instance.read().providers.caFiles[.anthropic])
        #expect(file.hasPrefix("/") && file.hasSuffix("/ca.pem"))
    }

    @Test func `every file that was read is named, with how it was before`() throws {
        let instance = try ReaderInstance()
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
