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
        let instance = try ReaderInstance(["TEAM": "gsk-team-1234"])
        instance.store(Self.store(#"{"source":"env","provider":"default","id":"TEAM"}"#))
        #expect(standing(instance.read()) == Standing(.ok, Secret("gsk-team-1234")))
    }

    @Test func `what was last known stays in use, with a problem, until there is something better`() throws {
        let instance = try ReaderInstance()
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
        instance.store(anthropicProfiles())
        _ = instance.read()
        instance.scratch.write("", to: "key")
        instance.store(Self.store("{\"source\":\"file\",\"id\":\"\(path)\"}"))
        #expect(standing(instance.read()) == Standing(.unresolvedRef, nil))
    }

    @Test func `a program is asked by the gateway alone, and its answers are kept`() throws {
        let instance = try ReaderInstance()
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
        let instance = try ReaderInstance(["TEAM": "gsk-team-1234"])
        instance.store(Self.store(reference, type: type, field: field))
        let reading = instance.read()
        #expect(standing(reading) == Standing(code, nil))
        #expect(!reading.problems.isEmpty)
    }
}
