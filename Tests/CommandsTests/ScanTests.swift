// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Providers
import Testing

@testable import Commands

@Suite struct ScanTests {
    private static let now = Date(timeIntervalSince1970: 1_790_000_000)

    @Test(arguments: [
        ("acme/llama-70b:free", "", 70.0), ("acme/mixtral-8x22b", "", 176), ("acme/x", "Acme: X 1.5B", 1.5),
        ("acme/x-3b", "Acme 12b", 12), ("acme/x", "Acme", nil), ("acme/web", "", nil), ("acme/b", "B", nil),
        ("acme/x-1b2", "", nil), ("acme/x", "99999999999999999999b", nil), ("acme/x-7b", "nanb infb 1e9b", 7),
    ])
    func `a model's size is read from its names`(id: String, name: String, size: Double?) {
        #expect(CatalogModel(id: id, name: name).parameters == size)
    }

    @Test(arguments: ["1e300", "-1e17", "1e999", "\"soon\""])
    func `a date that is none is left out`(created: String) throws {
        let models = try #require(
            CatalogModel.list(Array("{\"data\":[{\"id\":\"a/b:free\",\"created\":\(created)}]}".utf8)))
        #expect(models.map(\.created) == [nil])
    }

    @Test(arguments: [
        ("{\"id\":\"a/b:free\"}", true),
        ("{\"id\":\"a/b\",\"pricing\":{\"prompt\":\"0\",\"completion\":\"0.0\"}}", true),
        ("{\"id\":\"a/b\",\"pricing\":{\"prompt\":0,\"completion\":0}}", true),
        ("{\"id\":\"a/b\",\"pricing\":{\"prompt\":\"0\",\"completion\":\"0.1\"}}", false),
        ("{\"id\":\"a/b\",\"pricing\":{\"prompt\":\"0\"}}", false), ("{\"id\":\"a/b\"}", false),
    ])
    func `what costs nothing`(entry: String, isFree: Bool) throws {
        let models = try #require(CatalogModel.list(Array("{\"data\":[\(entry)]}".utf8)))
        #expect(models.map(\.isFree) == [isFree])
    }

    @Test(arguments: ["", "[]", "{}", "{\"data\":{}}", "<html>", "{\"data\":[]"])
    func `what is no list`(text: String) { #expect(CatalogModel.list(Array(text.utf8)) == nil) }

    @Test func `entries without a name that can be written down are passed over`() {
        let text = """
            {"data":[{"id":"no-slash"},{"id":"a/b\\u001b[31m"},{"id":7},{},1,{"id":"a/\(String(repeating: "x", count: 200))"},
            {"id":"a/b","context_length":-1}]}
            """
        #expect(CatalogModel.list(Array(text.utf8))?.map(\.id) == ["a/b"])
    }

    private static func model(
        _ id: String, context: Int = 0, days: Double? = nil, isFree: Bool = true
    ) -> CatalogModel {
        var model = CatalogModel(id: id, name: id)
        model.context = context
        model.created = days.map { now - $0 * 86_400 }
        model.isFree = isFree
        return model
    }

    @Test(arguments: [
        (CatalogFilter(), ["a/x-7b", "a/y", "b/x-70b"]), (CatalogFilter(minimumParameters: 7), ["a/x-7b", "b/x-70b"]),
        (CatalogFilter(minimumParameters: 7.5), ["b/x-70b"]), (CatalogFilter(maximumAgeDays: 10), ["a/x-7b"]),
        (CatalogFilter(prefix: "A/"), ["a/x-7b", "a/y"]), (CatalogFilter(minimumParameters: 7, prefix: "c"), []),
    ])
    func `the filters`(filter: CatalogFilter, ids: [String]) {
        let models = [
            Self.model("a/x-7b", days: 10), Self.model("a/y"), Self.model("b/x-70b", days: 10.1),
            Self.model("c/x-400b", days: 1, isFree: false),
        ]
        #expect(models.filter { filter.accepts($0, now: Self.now) }.map(\.id) == ids)
    }

    @Test func `images first, then the quicker, the longer, the larger, the name`() {
        func result(_ id: String, _ tool: ScanTry, image: ScanTry = .skipped("-"), context: Int = 0) -> ScanResult {
            ScanResult(model: Self.model(id, context: context), tool: tool, image: image)
        }
        let wanted = [
            result("a/sees-late", .works(milliseconds: 900), image: .works(milliseconds: 5)),
            result("a/sees-only", .fails("no"), image: .works(milliseconds: 1)),
            result("a/quick", .works(milliseconds: 10)), result("a/long", .works(milliseconds: 20), context: 9),
            result("a/large-70b", .works(milliseconds: 20), context: 8),
            result("a/small-7b", .works(milliseconds: 20), context: 8),
            result("a/a", .works(milliseconds: 20), context: 8), result("a/b", .works(milliseconds: 20), context: 8),
            result("a/fails", .fails("no"), context: 99),
        ]
        for shift in wanted.indices {
            let mixed = Array((wanted[shift...] + wanted[..<shift]).reversed())
            #expect(mixed.sorted(by: <).map(\.model.id) == wanted.map(\.model.id))
        }
        let selection = ScanSelection(wanted, atMost: 2)
        #expect(selection.models == ["openrouter/a/sees-late", "openrouter/a/quick"])
        #expect(selection.images == ["openrouter/a/sees-late", "openrouter/a/sees-only"])
    }

    /// OpenRouter with these models, each with whether it calls the tool; nil: the list says that it takes none.
    private static func instance(_ models: [(id: String, calls: Bool?)]) -> Instance {
        let instance = Instance()
        instance.environment["OPENROUTER_API_KEY"] = "sk-or-v1-0123456789abcdef"
        let entries = models.map { model in
            "{\"id\":\"\(model.id)\",\"supported_parameters\":[\(model.calls == nil ? "" : "\"tools\"")]}"
        }
        let calling = models.filter { $0.calls == true }.map(\.id)
        instance.ask = ProviderAsk { question, _, _, done in
            guard let body = question.body else {
                let list = "{\"data\":[\(entries.joined(separator: ","))]}"
                return done(.answer(ProviderAnswer(status: 200, body: Array(list.utf8))))
            }
            let calls = calling.contains { body.contains("\"\($0)\"") } ? "{}" : ""
            let answer = "{\"choices\":[{\"message\":{\"tool_calls\":[\(calls)]}}]}"
            done(.answer(ProviderAnswer(status: 200, body: Array(answer.utf8))))
        }
        return instance
    }

    @Test(
        arguments: [
            (
                [("a/one:free", false), ("a/mute:free", nil)], "No free model called the tool. Nothing was changed.",
                "1 model was asked; 1 model was not asked, because the list says that no tools are taken."
            ),
            (
                [("a/mute:free", nil)], "No free model takes tools. Nothing was changed.",
                "1 model was not asked, because the list says that no tools are taken."
            ),
            (
                [("a/one:free", false), ("a/two:free", false)], "No free model called the tool. Nothing was changed.",
                "2 models were asked."
            ),
        ] as [([(id: String, calls: Bool?)], String, String)])
    func `what was tried is shown, also when nothing can be chosen`(
        models: [(id: String, calls: Bool?)], what: String, why: String
    ) throws {
        let instance = Self.instance(models)
        let text = instance.run("models scan --yes")
        #expect(text.code == 69)
        #expect(text.stderr.hasPrefix("error: \(what)\n  why: \(why)\n  fix: "))
        for model in models { #expect(text.stdout.contains(model.id)) }
        let run = instance.run("models scan --yes --json")
        let json = try JSON(run.stdout)
        #expect(run.code == 69 && run.stderr.isEmpty)
        #expect(json["error"] == .string(what) && json["why"] == .string(why) && json["fix"] != nil)
        #expect(json["selected"] == [] && json["results.\(models.count - 1).tool.ok"] == false)
        #expect(instance.config == nil)
    }

    @Test func `the same result again changes nothing, and says so`() {
        let instance = Self.instance([("a/one:free", true)])
        let path = "~/.agenticflow-enterprise/agenticflow-enterprise.json"
        #expect(
            instance.run("models scan --yes").stdout.contains("\nUpdated \(path)\nFallbacks: openrouter/a/one:free\n"))
        let before = instance.snapshot
        let again = instance.run("models scan --yes")
        #expect(again.code == 0)
        #expect(again.stdout.contains("\nUnchanged \(path): it says so already.\nFallbacks: openrouter/a/one:free\n"))
        #expect(instance.snapshot == before)
    }

    @Test(arguments: [
        ("", ["b"]), ("  ", ["b"]), ("none", []), ("1", ["a"]), ("3,1", ["c", "a"]), ("1 1, 2", ["a", "b"]), ("0", nil),
        ("4", nil), ("x", nil), ("1-2", nil),
    ])
    func `numbers that somebody types`(line: String, chosen: [String]?) {
        #expect(Terminal.chosen(line, among: ["a", "b", "c"], proposed: ["b"]) == chosen)
    }
}
