// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import FoundationEssentials
import Providers
import Rotation
import Settings
import TestKit
import Testing

/// An instance, and a directory that a program is started in.
private final class Place {
    let scratch = ScratchFolder()
    private let process: [String: String]

    init(_ variables: [String: String] = [:]) {
        process = variables.merging(["AGENTICFLOW_STATE_DIR": scratch.path("state"), "HOME": scratch.path]) { own, _ in
            own
        }
        scratch.makeFolder("state")
        scratch.makeFolder("project")
    }

    func reader() throws -> InstanceReader {
        InstanceReader(
            layout: try StateLayout(environment: process), process: process, workingDirectory: scratch.path("project"))
    }

    func read() throws -> InstanceReading {
        var reader = try reader()
        return reader.read()
    }

    func configure(_ text: String) { scratch.write(text, to: "state/agenticflow-enterprise.json") }
    func stateFile(_ text: String) { scratch.write(text, to: "state/.env") }
    func projectFile(_ text: String) { scratch.write(text, to: "project/.env") }
}

@Suite struct EnvironmentReadingTests {
    private static let name = "OPENAI_API_KEY"

    private func values(_ reading: InstanceReading, of provider: ProviderID = .openai) throws -> [String] {
        let openai = try #require(reading.providers[provider])
        return reading.providers.environmentKeys(for: openai, in: reading.environment).map { $0.secret.reveal() }
    }

    @Test func `the layers in their order`() throws {
        let place = Place([Self.name: "a"])
        place.projectFile("\(Self.name)=b\nPLAIN=b\n")
        place.stateFile("\(Self.name)=c\nPLAIN=c\n")
        place.configure("{env: {vars: {\(Self.name): 'd', PLAIN: 'd'}}}")
        #expect(try values(place.read()) == ["a"])
        #expect(try place.read().environment.lookup("PLAIN")?.layer == .workingDirectory)
        let unset = Place([Self.name: ""])
        unset.projectFile("\(Self.name)=b\n")
        unset.configure("{env: {vars: {\(Self.name): 'd'}}}")
        #expect(try values(unset.read()) == ["d"])
        unset.stateFile("\(Self.name)=c\n")
        #expect(try values(unset.read()) == ["c"])
        #expect(try unset.read().environment.lookup(Self.name)?.shadows == [.config])
    }

    @Test func `a working directory's file supplies no credential, under no name, and what it tried is named`() throws {
        let place = Place()
        place.configure(
            """
            {gateway: {auth: {token: '${CLIENTS}'}},
             models: {providers: {lab: {baseUrl: 'https://lab.example', api: 'anthropic-messages', apiKey: '${LAB_KEY}'}}}}
            """)
        place.projectFile(
            """
            LAB_KEY=evil
            CLIENTS=evil
            LAB_API_KEY=evil
            HF_TOKEN=evil
            GOOGLE_APPLICATION_CREDENTIALS=/evil
            OPENAI_BASE_URL=https://evil
            AGENTICFLOW_GATEWAY_TOKEN=evil
            AGENTICFLOW_LOAD_SHELL_ENV=1
            HARMLESS=1
            """)
        let reading = try place.read()
        #expect(reading.clientToken == nil)
        #expect(reading.settings.providers[ProviderID("lab")!]?.apiKey == .unavailable(missing: ["LAB_KEY"]))
        #expect(try values(reading, of: ProviderID("lab")!) == [])
        #expect(try values(reading, of: ProviderID("huggingface")!) == [])
        #expect(!reading.settings.env.shell.isEnabled)
        #expect(
            reading.ignoredVariables == [
                "AGENTICFLOW_GATEWAY_TOKEN", "AGENTICFLOW_LOAD_SHELL_ENV", "CLIENTS", "GOOGLE_APPLICATION_CREDENTIALS",
                "HF_TOKEN", "LAB_API_KEY", "LAB_KEY", "OPENAI_BASE_URL",
            ])
        #expect(reading.environment.lookup("HARMLESS")?.layer == .workingDirectory)
        #expect(reading.files.keys.contains(place.scratch.path("project/.env")))
    }

    @Test func `a file there that cannot be read is a warning`() throws {
        let place = Place()
        place.scratch.makeFolder("project/.env")
        let problems = try place.read().problems
        #expect(problems.map(\.severity) == [.warning])
        #expect(problems.map(\.advice) == [nil])
    }

    @Test func `two credentials of Anthropic are told`() throws {
        let place = Place(["ANTHROPIC_API_KEY": "sk-ant-api03-x"])
        #expect(try place.read().problems == [])
        place.stateFile("ANTHROPIC_OAUTH_TOKEN=sk-ant-oat01-x\n")
        let problems = try place.read().problems
        #expect(problems.map(\.severity) == [.warning])
        #expect(problems[0].text.hasPrefix("ANTHROPIC_OAUTH_TOKEN and ANTHROPIC_API_KEY are both set."))
    }

    // MARK: The login shell

    /// - Parameter script: of the login shell; `$3` is the question.
    private func withShell(_ script: String, _ more: [String: String] = [:]) -> Place {
        let folder = ScratchFolder()
        folder.write("#!/bin/sh\n\(script)\n", to: "shell", mode: 0o700)
        let place = Place(
            ["SHELL": folder.path("shell"), "PATH": "/usr/bin:/bin"].merging(more) { _, new in new })
        shells.append(folder)
        return place
    }

    private let shells = Shells()

    private static let exporting = """
        export OPENAI_API_KEY=sk-of-the-shell GROQ_API_KEY=gsk-of-the-shell LAB_KEY=lab-of-the-shell
        export AGENTICFLOW_GATEWAY_TOKEN=agw-of-the-shell OTHER=x
        exec /bin/sh -c "$3"
        """
    private static let on = """
        {env: {shellEnv: {enabled: true}},
         models: {providers: {lab: {baseUrl: 'https://lab.example', api: 'anthropic-messages', apiKey: '${LAB_KEY}'}}}}
        """

    @Test func `the shell fills gaps, one by one, and is labelled`() throws {
        let place = withShell(Self.exporting)
        place.configure(Self.on)
        place.stateFile("OPENAI_API_KEY=sk-of-the-file\n")
        var reader = try place.reader()
        let before = reader.read()
        // Nothing is asked by reading.
        #expect(before.shell == ShellImport())
        #expect(before.environment.lookup("GROQ_API_KEY") == nil)
        let question = try #require(reader.shellQuestion(after: before))
        reader.adopt(question.ask())
        let reading = reader.read()
        #expect(reader.shellQuestion(after: reading) == nil)
        #expect(try values(reading) == ["sk-of-the-file"])
        #expect(reading.environment.lookup("OPENAI_API_KEY")?.shadows == [.shell])
        #expect(reading.environment.lookup("OTHER") == nil)
        #expect(reading.clientToken == Secret("agw-of-the-shell"))
        #expect(reading.settings.providers[ProviderID("lab")!]?.apiKey.secret == Secret("lab-of-the-shell"))
        #expect(
            EnvironmentView(reading).applied == ["AGENTICFLOW_GATEWAY_TOKEN", "GROQ_API_KEY", "LAB_KEY"])
        let groq = try #require(reading.providers[ProviderID("groq")!])
        let candidates = SourceOrder(
            profiles: [], configured: [], configKey: nil,
            environmentKeys: reading.providers.environmentKeys(for: groq, in: reading.environment)
        ).candidates(for: groq.id)
        #expect(candidates.map(\.candidate.source) == [.shellEnvironment("GROQ_API_KEY")])
        #expect(candidates.map(\.candidate.source.label) == ["shell env:GROQ_API_KEY"])
        #expect(candidates.map(\.candidate.id.text) == ["groq:env"])
    }

    @Test func `a variable that a stored profile refers to is asked for too`() throws {
        let place = withShell("export TEAM_KEY=gsk-of-the-shell\nexec /bin/sh -c \"$3\"")
        place.configure(Self.on)
        for folder in ["agents", "agents/main", "agents/main/agent"] { place.scratch.makeFolder("state/\(folder)") }
        place.scratch.write(
            #"{"version":1,"profiles":{"groq:a":{"type":"api_key","provider":"groq","keyRef":{"source":"env","id":"TEAM_KEY"}}}}"#,
            to: "state/agents/main/agent/auth-profiles.json")
        var reader = try place.reader()
        reader.adopt(try #require(reader.shellQuestion(after: reader.read())).ask())
        let groq = try #require(ProviderID("groq"))
        #expect(
            reader.read().agents.first?.profiles.first { $0.profile.provider == groq }?.referenced
                == .found(Secret("gsk-of-the-shell")))
    }

    @Test func `it is asked again when its settings change, and forgotten when it is turned off`() throws {
        let place = withShell(Self.exporting)
        place.configure(Self.on)
        var reader = try place.reader()
        reader.adopt(try #require(reader.shellQuestion(after: reader.read())).ask())
        place.configure("{env: {shellEnv: {enabled: true, timeoutMs: 9000}}}")
        let changed = reader.read()
        #expect(changed.environment.lookup("GROQ_API_KEY")?.layer == .shell)
        #expect(reader.shellQuestion(after: changed) != nil)
        place.configure("{}")
        let off = reader.read()
        #expect(off.environment.lookup("GROQ_API_KEY") == nil)
        #expect(off.shell == ShellImport())
        #expect(reader.shellQuestion(after: off) == nil)
        place.configure(Self.on)
        #expect(reader.shellQuestion(after: reader.read()) != nil)
    }

    @Test func `the switch works without a configuration`() throws {
        let place = withShell(Self.exporting, ["AGENTICFLOW_LOAD_SHELL_ENV": "on"])
        var reader = try place.reader()
        #expect(reader.shellQuestion(after: reader.read()) != nil)
    }

    @Test func `a shell that fails is a warning`() throws {
        let place = withShell("exit 4")
        place.configure("{env: {shellEnv: {enabled: true}}}")
        var reader = try place.reader()
        reader.adopt(try #require(reader.shellQuestion(after: reader.read())).ask())
        let reading = reader.read()
        #expect(reading.problems.map(\.severity) == [.warning])
        #expect(reading.problems[0].text.contains("it ended with exit code 4"))
        // When it is asked again is for the gateway to say.
        #expect(reader.shellQuestion(after: reading) != nil)
    }

    @Test func `what it said stays in use when it fails later`() throws {
        let place = withShell("[ -e \"$HOME/broken\" ] && exit 4\n\(Self.exporting)")
        place.configure(Self.on)
        var reader = try place.reader()
        reader.adopt(try #require(reader.shellQuestion(after: reader.read())).ask())
        place.scratch.write("", to: "broken")
        place.configure(Self.on.replacing("enabled: true", with: "enabled: true, timeoutMs: 9000"))
        let question = try #require(reader.shellQuestion(after: reader.read()))
        reader.adopt(question.ask())
        let reading = reader.read()
        #expect(try values(reading) == ["sk-of-the-shell"])
        #expect(reading.clientToken == Secret("agw-of-the-shell"))
        #expect(reading.problems.map(\.text) == [try #require(reading.shell.warning)])
        #expect(
            reading.shell.warning?.hasSuffix(
                "it ended with exit code 4 and without an answer. What it said before stays in use.") == true)
        #expect(reader.shellQuestion(after: reading) == question)
    }

    @Test func `it is asked again for a variable that it was not asked for, and not for one less`() throws {
        let place = withShell("export NEW_KEY=lab-of-the-shell\n\(Self.exporting)")
        place.configure(Self.on)
        var reader = try place.reader()
        reader.adopt(try #require(reader.shellQuestion(after: reader.read())).ask())
        place.configure(Self.on.replacing("${LAB_KEY}", with: "${NEW_KEY}"))
        let question = try #require(reader.shellQuestion(after: reader.read()))
        reader.adopt(question.ask())
        let reading = reader.read()
        #expect(reading.settings.providers[ProviderID("lab")!]?.apiKey.secret == Secret("lab-of-the-shell"))
        #expect(reader.shellQuestion(after: reading) == nil)
        place.configure("{env: {shellEnv: {enabled: true}}}")
        #expect(reader.shellQuestion(after: reader.read()) == nil)
    }

    @Test func `the view holds no value`() throws {
        let place = Place([
            "OPENAI_API_KEYS": "sk-one-of-the-list-1,sk-two-of-the-list-2", "OPENAI_API_KEY_B": "sk-three-of-three",
        ])
        place.stateFile("OPENAI_API_KEYS=sk-another-list-of-keys\n")
        let json = EnvironmentView(try place.read()).json
        #expect(!json.contains("of-the-list"))
        #expect(!json.contains("three-of"))
        #expect(
            json.contains(
                #"{"name":"OPENAI_API_KEYS","layer":"process","shadows":["stateDotEnv"],"contradicts":["stateDotEnv"],"mask":"sk-one...st-2"}"#
            ))
        #expect(json.contains(#""name":"OPENAI_API_KEY_B","layer":"process""#))
    }
}

/// Keeps the folders of a test's shells.
private final class Shells {
    private var folders: [ScratchFolder] = []
    func append(_ folder: ScratchFolder) { folders.append(folder) }
}
