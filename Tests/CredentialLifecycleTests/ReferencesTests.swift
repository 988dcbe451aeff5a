// SPDX-License-Identifier: Apache-2.0
import Credentials
import Settings
import TestKit
import Testing

@testable import CredentialLifecycle

#if canImport(Glibc)
    import Glibc
#endif

/// One instance that is read again and again, with what its references lead to at each reading.
private struct Readings {
    let scratch = ScratchFolder()
    var settings = InstanceSettings()
    var variables: [String: String] = [:]
    var references = References()

    init() { references.asksPrograms = true }

    mutating func resolve(_ text: String) throws -> ReferencedSecret {
        let layout = try StateLayout(environment: ["HOME": scratch.path])
        let environment = EnvironmentLayers(process: variables)
        references.begin()
        let secret = references.resolve(
            try #require(SecretReference(text)),
            with: ReferenceSource(settings, environment: environment, layout: layout))
        references.end()
        return secret
    }

    func problem(_ text: String) -> String? { SecretReference(text).flatMap { references.problems[$0] } }
}

@Suite struct ReferencesTests {
    private let secret = Secret("gsk-team-1234")

    @Test func `a variable that is not set any more is not used any more`() throws {
        var readings = Readings()
        readings.variables["TEAM"] = "gsk-team-1234"
        #expect(try readings.resolve("env:TEAM") == .found(secret))
        readings.variables["TEAM"] = "two words"
        #expect(try readings.resolve("env:TEAM") == .found(secret))
        readings.variables["TEAM"] = nil
        #expect(try readings.resolve("env:TEAM") == .unresolved)
        #expect(readings.problem("env:TEAM") == "The variable TEAM is not set.")
        // Nor does it come back with the next failure.
        readings.variables["TEAM"] = "two words"
        #expect(try readings.resolve("env:TEAM") == .unresolved)
    }

    @Test func `a file that was removed is not used any more; one that cannot be used is`() throws {
        var readings = Readings()
        let (folder, reference) = (readings.scratch, "file:\(readings.scratch.path)/key")
        folder.write("gsk-team-1234", to: "key")
        #expect(try readings.resolve(reference) == .found(secret))
        for (text, mode) in [("gsk-other-1234", 0o644), ("", 0o600), ("two words", 0o600)] {
            folder.write(text, to: "key", mode: UInt32(mode))
            #expect(try readings.resolve(reference) == .found(secret))
            #expect(readings.problem(reference) != nil)
        }
        unlink(folder.path("key"))
        #expect(try readings.resolve(reference) == .unresolved)
        #expect(readings.problem(reference) == "\(folder.path)/key is not there.")
    }

    @Test func `a place that was removed from a JSON file is not used any more; a broken file is`() throws {
        var readings = Readings()
        let folder = readings.scratch
        readings.settings.secrets["team"] = .file(SecretFile(path: folder.path("keys"), mode: .json))
        folder.write(#"{"a":"gsk-team-1234"}"#, to: "keys")
        #expect(try readings.resolve("file:team:/a") == .found(secret))
        folder.write(#"{"a":"#, to: "keys")
        #expect(try readings.resolve("file:team:/a") == .found(secret))
        folder.write("{}", to: "keys")
        #expect(try readings.resolve("file:team:/a") == .unresolved)
    }

    @Test func `a file provider that leads elsewhere, or nowhere, begins anew`() throws {
        var readings = Readings()
        let folder = readings.scratch
        folder.write("gsk-team-1234", to: "key")
        folder.write("too open", to: "open", mode: 0o644)
        readings.settings.secrets["team"] = .file(SecretFile(path: folder.path("key"), mode: .text))
        #expect(try readings.resolve("file:team") == .found(secret))
        readings.settings.secrets["team"] = .file(SecretFile(path: folder.path("open"), mode: .text))
        #expect(try readings.resolve("file:team") == .unresolved)
        readings.settings.secrets["team"] = .file(SecretFile(path: folder.path("key"), mode: .text))
        #expect(try readings.resolve("file:team") == .found(secret))
        readings.settings.secrets["team"] = nil
        #expect(try readings.resolve("file:team") == .unresolved)
        #expect(readings.problem("file:team")?.contains("is not there, or is no file provider.") == true)
    }

    @Test func `a program that fails takes nothing away; another one begins anew`() throws {
        var readings = Readings()
        let reference = try #require(SecretReference("exec:vault:a"))
        let (first, second) = (SecretProgramSettings(command: "/bin/a"), SecretProgramSettings(command: "/bin/b"))
        func says(_ value: Secret?, _ program: SecretProgramSettings) -> SecretAnswers {
            var answers = SecretAnswers()
            answers.program = program
            answers.secrets[reference] = value
            if value == nil { answers.problems[reference] = "It failed." }
            return answers
        }
        readings.settings.secrets["vault"] = .exec(first)
        #expect(try readings.resolve("exec:vault:a") == .unresolved)
        readings.references.adopt(says(secret, first))
        #expect(try readings.resolve("exec:vault:a") == .found(secret))
        readings.references.adopt(says(nil, first))
        #expect(try readings.resolve("exec:vault:a") == .found(secret))
        #expect(readings.problem("exec:vault:a") == "It failed.")

        readings.settings.secrets["vault"] = .exec(second)
        #expect(try readings.resolve("exec:vault:a") == .unresolved)
        // What the first one says late is not the second one's.
        readings.references.adopt(says(secret, first))
        #expect(try readings.resolve("exec:vault:a") == .unresolved)
        readings.references.adopt(says(Secret("gsk-second-1234"), second))
        #expect(try readings.resolve("exec:vault:a") == .found(Secret("gsk-second-1234")))

        readings.settings.secrets["vault"] = nil
        #expect(try readings.resolve("exec:vault:a") == .unresolved)
        readings.settings.secrets["vault"] = .exec(second)
        #expect(try readings.resolve("exec:vault:a") == .unresolved)
    }
}
