// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Settings
import TestKit
import Testing

@testable import CredentialLifecycle

#if canImport(Glibc)
    import Glibc
#endif

/// Files, settings and variables, and what references lead to in them.
private struct Place {
    let scratch = ScratchFolder()
    var settings = InstanceSettings()
    var variables: [String: String] = [:]

    func find(_ text: String) throws -> ReferenceSource.Finding {
        let layout = try StateLayout(environment: ["HOME": scratch.path])
        let reference = try #require(SecretReference(text))
        return ReferenceSource(settings, environment: EnvironmentLayers(process: variables), layout: layout).find(
            reference)
    }
}

@Suite struct ReferenceSourceTests {
    @Test(arguments: [
        (nil, ReferenceSource.Finding.gone("The variable TEAM is not set.")),
        ("", .gone("The variable TEAM is not set.")),
        ("gsk-team-1234", .found(Secret("gsk-team-1234"))),
        ("gsk team 1234", .failed("What is there is no credential: 8 to 4096 visible characters without a blank.")),
        ("short", .failed("What is there is no credential: 8 to 4096 visible characters without a blank.")),
    ])
    func `a variable`(value: String?, finding: ReferenceSource.Finding) throws {
        var place = Place()
        place.variables["TEAM"] = value
        #expect(try place.find("env:TEAM") == finding)
    }

    @Test(arguments: [
        ("gsk-team-1234", true), ("gsk-team-1234\n", true), ("gsk-team-1234\r\n", true), ("gsk-team-1234\n\n", false),
        (" gsk-team-1234", false), ("", false), ("\n", false), ("gsk\nteam\n1234", false),
        ("gsk-\u{200b}team-1234", false),
    ])
    func `a file is one text, without the line break at its end`(text: String, isFound: Bool) throws {
        let place = Place()
        place.scratch.write(text, to: "key")
        let finding = try place.find("file:\(place.scratch.path)/key")
        if isFound {
            #expect(finding == .found(Secret("gsk-team-1234")))
        } else {
            guard case .failed = finding else { throw Unexpected() }
        }
    }

    @Test(
        arguments: [
            ("/groq/key", nil), ("/a~1b/0", nil), ("/a~1b/1", "has nothing at /a~1b/1"),
            ("/groq", "has no text at /groq"),
            ("/a~1b/00", "has nothing"), ("/nothing", "has nothing"),
            ("value", "file:team names no place in it: write file:team:/NAME"),
        ] as [(String, String?)])
    func `a place in a JSON file`(pointer: String, problem: String?) throws {
        var place = Place()
        place.scratch.write(#"{"groq":{"key":"gsk-team-1234"},"a/b":["gsk-team-1234"]}"#, to: "keys.json")
        place.settings.secrets["team"] = .file(SecretFile(path: "\(place.scratch.path)/keys.json", mode: .json))
        let finding = try place.find("file:team:\(pointer)")
        guard let problem else { return #expect(finding == .found(Secret("gsk-team-1234"))) }
        #expect(try #require(finding.problem).contains(problem))
        if case .gone = finding {
            #expect(problem.hasPrefix("has nothing"))
        } else {
            #expect(!problem.hasPrefix("has nothing"))
        }
    }

    @Test func `what is broken in a file is not repeated`() throws {
        var place = Place()
        place.scratch.write(#"{"groq": sk-CANARY}"#, to: "keys.json")
        place.settings.secrets["team"] = .file(SecretFile(path: "\(place.scratch.path)/keys.json", mode: .json))
        guard case .failed(let text) = try place.find("file:team:/groq") else { throw Unexpected() }
        #expect(text.hasSuffix("keys.json cannot be read as JSON: line 1, column 10."))
    }

    @Test func `a file that is open to others, a link, a folder or too long is refused, and stays as it is`() throws {
        let place = Place()
        let path = place.scratch.path
        place.scratch.write("gsk-team-1234", to: "open")
        chmod("\(path)/open", 0o640)
        place.scratch.write("gsk-team-1234", to: "key")
        symlink("\(path)/key", "\(path)/link")
        place.scratch.makeFolder("folder")
        mkfifo("\(path)/fifo", 0o600)
        place.scratch.write(String(repeating: "x", count: 70_000), to: "long")
        for (name, why) in [
            ("open", "Other users have access to it."), ("link", "It is a symbolic link."),
            ("folder", "It is not a regular file."), ("fifo", "It is not a regular file."),
            ("long", "longer than 65536"),
        ] {
            guard case .failed(let text) = try place.find("file:\(path)/\(name)") else { throw Unexpected() }
            #expect(text.contains(why))
        }
        #expect(try place.find("file:\(path)/nothing") == .gone("\(path)/nothing is not there."))
        var status = stat()
        stat("\(path)/open", &status)
        #expect(status.st_mode & 0o777 == 0o640)
    }

    @Test func `a provider that is not configured, or of another source`() throws {
        var place = Place()
        place.settings.secrets["vault"] = .exec(SecretProgramSettings(command: "/bin/false"))
        for text in ["file:vault:/x", "exec:other:x", "file:other"] {
            guard case .gone(let why) = try place.find(text) else { throw Unexpected() }
            #expect(why.contains("is not there, or is no"))
        }
        #expect(try place.find("exec:vault:x") == .leftToGateway)
    }
}

private struct Unexpected: Error {}

extension ReferenceSource.Finding {
    fileprivate var problem: String? {
        switch self {
        case .failed(let problem), .gone(let problem): problem
        case .found, .leftToGateway: nil
        }
    }
}

@Suite(.serialized) struct SecretQuestionTests {
    private let scratch = ScratchFolder()
    private static let head = "#!/bin/sh\n"

    private func ask(
        _ body: String, mode: mode_t = 0o700, ids: Set<String> = ["a/b"], passing: [String] = [],
        timeout: Duration = .seconds(5), name: String = "vault"
    ) -> SecretAnswers {
        let path = "\(scratch.path)/\(name)"
        scratch.write(Self.head + body, to: name)
        chmod(path, mode)
        let program = SecretProgramSettings(
            command: path, arguments: ["--from", "$HOME; x"], passedVariables: passing, timeout: timeout)
        return SecretQuestion(
            provider: "vault", ids: ids, program: program, fingerprint: nil,
            process: ["TEAM": "gsk-passed-1234", "OTHER": "gsk-hidden-1234"]
        ).ask()
    }

    private func problem(_ answers: SecretAnswers) -> String? {
        answers.secrets.isEmpty ? answers.problems.values.first : nil
    }

    private static func says(_ value: String) -> String {
        #"printf '{"protocolVersion":1,"values":{"a/b":"%s"}}' "# + value
    }

    @Test func `it is asked on standard input, and answers`() throws {
        let answers = ask(
            #"""
            read -r line
            case "$line" in
            '{"protocolVersion":1,"provider":"vault","ids":["a/b","c"]}') ;;
            *) exit 9 ;;
            esac
            printf '{"protocolVersion":1,"values":{"a/b":"gsk-team-1234"},"errors":{"c":{"message":"sk-CANARY"}}}'
            """#, ids: ["c", "a/b"])
        #expect(answers.secrets == [SecretReference("exec:vault:a/b")!: Secret("gsk-team-1234")])
        #expect(answers.problems == [SecretReference("exec:vault:c")!: "The program reports an error for it."])
    }

    @Test func `its words are words, and its environment is what is passed`() throws {
        #expect(
            ask(
                "[ \"$2\" = '$HOME; x' ] || exit 9; [ -z \"$OTHER\" ] || exit 8; " + Self.says("$TEAM"),
                passing: ["TEAM"]
            )
            .secrets.values.first == Secret("gsk-passed-1234"))
        #expect(problem(ask(Self.says("\"$OTHER-$TEAM\"")))?.contains("no credential") == true)
    }

    @Test(arguments: [
        ("exit 1", "ended with exit code 1."), ("kill -9 $$", "ended with exit code 137."),
        ("echo rubbish sk-CANARY", "is no JSON object."), ("echo '[1]'", "is no JSON object."),
        ("", "is no JSON object."),
        ("echo '{\"values\":{\"a/b\":\"gsk-team-1234\"}}'", "has no protocolVersion 1."),
        ("echo '{\"protocolVersion\":1}'", "has no text for it."),
        ("echo '{\"protocolVersion\":1,\"values\":{\"a/b\":7}}'", "has no text for it."),
        ("echo '{\"protocolVersion\":1,\"values\":{\"a/b\":\"x y\"}}'", "is no credential"),
        ("yes sk-CANARY", "wrote more than 1048576 bytes."), ("sleep 60", "gave no answer within 300 ms."),
        ("sleep 60 & exec sleep 60", "gave no answer within 300 ms."),
        ("echo '{'; exec >&-; sleep 60", "gave no answer within 300 ms."),
    ])
    func `what goes wrong is said, and nothing of what it wrote`(body: String, why: String) throws {
        let text = try #require(problem(ask(body, timeout: .milliseconds(body.contains("sleep") ? 300 : 5000))))
        #expect(text.contains(why))
        #expect(!text.contains("CANARY"))
    }

    @Test(arguments: [
        (mode_t(0o720), "can be changed by other users."), (0o702, "can be changed"), (0o600, "may not be run"),
    ])
    func `a program that others can change, or that cannot be run, is not started`(mode: mode_t, why: String) throws {
        // The administrator's rights include the running of anything that somebody may run.
        let text = try #require(problem(ask(Self.says("gsk-team-1234"), mode: mode)))
        #expect(text.contains(why))
    }

    @Test func `nor is one in a folder that others can change, a link, or another user's`() throws {
        chmod(scratch.path, 0o777)
        #expect(
            problem(ask(Self.says("gsk-team-1234")))
                == "The folder \(scratch.path) of \(scratch.path)/vault can be changed by other users.")
        chmod(scratch.path, 0o700)
        symlink("\(scratch.path)/vault", "\(scratch.path)/link")
        #expect(SecretQuestion.problem(with: "\(scratch.path)/link")?.contains("links are not followed") == true)
        #expect(SecretQuestion.problem(with: "\(scratch.path)/none")?.contains("is not there") == true)
        #expect(SecretQuestion.isTrusted(owner: 0, us: 1000) && SecretQuestion.isTrusted(owner: 1000, us: 1000))
        #expect(!SecretQuestion.isTrusted(owner: 1001, us: 1000))
    }

    @Test func `nor is one that others can replace further up, or that a linked folder leads to`() throws {
        scratch.makeFolder("outer")
        scratch.makeFolder("outer/inner")
        let name = "outer/inner/vault"
        #expect(!ask(Self.says("gsk-team-1234"), name: name).secrets.isEmpty)
        chmod("\(scratch.path)/outer", 0o777)
        #expect(
            problem(ask(Self.says("gsk-team-1234"), name: name))
                == "The folder \(scratch.path)/outer of \(scratch.path)/\(name) can be changed by other users.")
        // Others can add to it, and replace nothing.
        chmod("\(scratch.path)/outer", 0o1777)
        #expect(!ask(Self.says("gsk-team-1234"), name: name).secrets.isEmpty)
        symlink("\(scratch.path)/outer", "\(scratch.path)/link")
        for way in ["link/inner/vault", "outer/../outer/inner/vault", "outer//inner/vault"] {
            let text = try #require(SecretQuestion.problem(with: "\(scratch.path)/\(way)"))
            #expect(text.hasSuffix("to \(scratch.path)/\(name): name that."))
        }
    }

    @Test func `what it leaves behind does not hold up its answer`() throws {
        let answers = ask("sleep 60 & " + Self.says("gsk-team-1234"), timeout: .seconds(20))
        #expect(answers.secrets == [SecretReference("exec:vault:a/b")!: Secret("gsk-team-1234")])
        // More than a pipe holds, to the last byte.
        let long = ask(
            "sleep 60 & head -c 300000 /dev/zero | tr '\\0' ' '; " + Self.says("gsk-team-1234"), timeout: .seconds(20))
        #expect(long.secrets == answers.secrets)
    }

    @Test func `all of it ends with it`() throws {
        _ = ask("(sleep 1; echo late > \(scratch.path)/late) & sleep 60", timeout: .milliseconds(200))
        let pids = ask(
            "echo $$ > \(scratch.path)/pid; sleep 60 & echo $! >> \(scratch.path)/pid; wait",
            timeout: .milliseconds(300))
        #expect(!pids.problems.isEmpty)
        let written = try #require(FileManager.default.contents(atPath: "\(scratch.path)/pid"))
        for pid in String(decoding: written, as: UTF8.self).split(separator: "\n").compactMap({ pid_t($0) }) {
            // Dead, or a zombie of ours that nobody can run any more.
            let state = FileManager.default.contents(atPath: "/proc/\(pid)/stat").map {
                String(decoding: $0, as: UTF8.self)
            }
            #expect(state == nil || state?.contains(") Z") == true)
        }
    }
}
