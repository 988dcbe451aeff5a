// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import Settings
import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct IncludeTests {
    private let scratch = ScratchFolder()
    private static let name = "agenticflow-enterprise.json"

    private func resolve(_ text: String, roots: String? = nil) throws -> ResolvedSettings {
        scratch.write(text, to: Self.name)
        var environment = ["AGENTICFLOW_STATE_DIR": scratch.path]
        environment["AGENTICFLOW_INCLUDE_ROOTS"] = roots
        return SettingsFile(try StateLayout(environment: environment)).resolved()
    }

    private func merged(_ text: String) throws -> String? {
        let resolved = try resolve(text)
        #expect(resolved.failure == nil)
        return resolved.document?.root.literal.compact
    }

    @Test func `objects merge, lists are joined, later files and the keys beside win`() throws {
        scratch.write("{a: 1, o: {x: 1, y: 1}, l: [1], s: 'a'}", to: "a.json5")
        scratch.write("{a: 2, o: {y: 2, z: 2}, l: [2], s: {t: 'b'}}", to: "b.json5")
        #expect(
            try merged("{$include: ['a.json5', './b.json5'], o: {z: 3}, l: [3]}")
                == #"{"a":2,"o":{"x":1,"y":2,"z":3},"l":[1,2,3],"s":{"t":"b"}}"#)
        #expect(try merged("{$include: 'a.json5'}") == #"{"a":1,"o":{"x":1,"y":1},"l":[1],"s":"a"}"#)
        #expect(try merged("{a: 9, $include: 'a.json5'}") == #"{"a":9,"o":{"x":1,"y":1},"l":[1],"s":"a"}"#)
        #expect(try merged("{'\\u0024include': [], a: 1}") == #"{"a":1}"#)
    }

    @Test func `any object includes, relative to its own file`() throws {
        scratch.makeFolder("more")
        scratch.write("{list: {$include: './agents.json5'}}", to: "more/all.json5")
        scratch.write("[{id: 'one'}, {id: 'two'}]", to: "more/agents.json5")
        let resolved = try resolve("{agents: {$include: 'more/all.json5', defaults: {}}}")
        #expect(
            resolved.document?.root.literal.compact
                == #"{"agents":{"list":[{"id":"one"},{"id":"two"}],"defaults":{}}}"#)
        let second = try DocumentPath(parsing: "agents.list[1].id")
        #expect(resolved.origins.file(of: second)?.hasSuffix("/more/agents.json5") == true)
        #expect(resolved.origins.file(of: try DocumentPath(parsing: "agents.defaults")) == nil)
        #expect(resolved.files.count == 2)
    }

    @Test func `numbers are read as their file spells them`() throws {
        scratch.write("{gateway: {port: 0x10, x: Infinity}}", to: "a.json5")
        let resolved = try resolve("{$include: 'a.json5'}")
        #expect(resolved.document?.element(at: ["gateway", "port"])?.integer == 16)
        #expect(resolved.document?.element(at: ["gateway", "x"])?.double == .infinity)
    }

    @Test func `a problem names the file that it is in`() throws {
        scratch.write("{gateway: {prot: 1}, models: {providers: {own: {api: 'x'}}}}", to: "a.json5")
        let resolved = try resolve("{$include: 'a.json5', gateway: {port: 'x'}}")
        let environment = EnvironmentLayers(process: [:])
        let problems = InstanceSettings(resolved.document, environment: environment, origins: resolved.origins).problems
        let file = scratch.path("a.json5")
        #expect(problems.map(\.path) == ["gateway.prot", "gateway.port", "models.providers.own.api"])
        #expect(problems.map(\.file) == [file, nil, file])
        #expect(problems.last?.description.hasPrefix("models.providers.own.api (in \(file)) is none of") == true)
    }

    @Test func `what cannot be included is told with the way to it`() throws {
        scratch.write("{$include: 'b.json5'}", to: "a.json5")
        scratch.write("{$include: 'missing.json5'}", to: "b.json5")
        let resolved = try resolve("{$include: 'a.json5'}")
        let failure = try #require(resolved.failure)
        #expect(resolved.document == nil)
        #expect(failure.exitCode == .configuration)
        #expect(failure.advice.what == "\(scratch.path("missing.json5")) cannot be included in the configuration.")
        let route = [Self.name, "a.json5", "b.json5", "missing.json5"].map { scratch.path($0) }
        #expect(failure.advice.why == "There is no such file. Included by way of: \(route.joined(separator: " -> "))")
        // So that it is read again when the file appears.
        #expect(resolved.files.keys.contains(scratch.path("missing.json5")))
    }

    @Test(arguments: [
        ("{$include: 'self.json5'}", "It includes itself."),
        ("{$include: 'agenticflow-enterprise.json'}", "It includes itself."),
        ("{$include: 'broken.json5'}", "Line 1, column 5"),
        ("{$include: 'list.json5', a: 1}", "is no object"),
        ("{$include: 'list.json5'}", "do not make an object"),
        ("{$include: '/etc/passwd'}", "It is outside of"),
        ("{$include: '../outside.json5'}", "There is no such file."),
        ("{$include: 'link.json5'}", "It is outside of"),
        ("{$include: 'pipe.json5'}", "It is not a regular file."),
        ("{$include: 'folder'}", "It is not a regular file."),
        ("{$include: 7}", "is a number; allowed: a path or a list of paths"),
        ("{$include: ['a', 7]}", "allowed: a path or a list of paths"),
        ("{$include: ''}", "names no file"),
        ("{$include: 'deep0.json5'}", "deeper than 10 levels"),
        ("{$include: 'wide0.json5'}", "More than 256 files"),
        ("{a: {$include: 'a\\u0000b'}}", "names no file"),
    ])
    func `what may not be included is refused`(text: String, problem: String) throws {
        scratch.write("{$include: 'self.json5'}", to: "self.json5")
        scratch.write("{a: ]", to: "broken.json5")
        scratch.write("[1]", to: "list.json5")
        #expect(symlink("/etc/passwd", scratch.path("link.json5")) == 0)
        #expect(mkfifo(scratch.path("pipe.json5"), 0o600) == 0)
        scratch.makeFolder("folder")
        for level in 0..<12 {
            scratch.write("{$include: 'deep\(level + 1).json5'}", to: "deep\(level).json5")
            let three = (0..<3).map { _ in "'wide\(level + 1).json5'" }.joined(separator: ",")
            scratch.write(level < 9 ? "{$include: [\(three)]}" : "{}", to: "wide\(level).json5")
        }
        let failure = try #require(try resolve(text).failure)
        #expect("\(failure.advice.what) \(failure.advice.why)".contains(problem), "\(failure.advice)")
    }

    @Test func `other folders are read from when a variable names them`() throws {
        let other = ScratchFolder()
        other.write("{a: 1}", to: "shared.json5")
        let text = "{$include: '\(other.path("shared.json5"))'}"
        #expect(try resolve(text).failure != nil)
        #expect(try resolve(text, roots: "/nowhere:\(other.path)").document?.root.literal.compact == #"{"a":1}"#)
        #expect(throws: StateLayoutError.self) { try resolve(text, roots: "relative") }
    }

    @Test func `a link within the folder is followed`() throws {
        scratch.write("{a: 1}", to: "real.json5")
        #expect(symlink(scratch.path("real.json5"), scratch.path("link.json5")) == 0)
        #expect(try merged("{$include: 'link.json5'}") == #"{"a":1}"#)
    }
}
