// SPDX-License-Identifier: Apache-2.0
import Documents
import Settings
import Testing

/// Where a problem is said to be is where `config get`, `set` and `unset` find it.
@Suite struct ProblemPlaceTests {
    private static let odd = """
        {
          models: { providers: {
            "lab.x": { baseUrl: "ftp://a", api: "x", headers: { "x.y": 7 }, models: [5], apiKey: { source: "x" }, apikey: 1 },
            "bad id.x": {} } },
          auth: {
            order: { "lab.x": ["nope"], "no good.": [] }, cooldowns: { billingBackoffHoursByProvider: { "lab.x": "a" } },
            profiles: { "lab.x:a.b": 5, "sp ace:a": {}, 'a"b\\\\c': 5, "[0]": 5 } },
          env: { vars: { "A.B": 1, "C D": "" }, "X.Y": 5 },
          secrets: { providers: { "Bad.One": {} } },
          agents: { defaults: { models: { "a/b.c": 5, "d/e.f": { alais: "x" } } } },
        }
        """

    @Test func `every place is one that a command takes back`() throws {
        let document = try Document(Array(Self.odd.utf8), as: .json5)
        let problems = try settings(Self.odd).problems
        let places = try problems.map { try DocumentPath(parsing: $0.path) }
        #expect(places.filter { document.element(at: $0) == nil }.map(\.description) == [])
        #expect(places.map(\.description) == problems.map(\.path))
        #expect(
            Set(problems.map(\.path)) == [
                #"models.providers["lab.x"].baseUrl"#, #"models.providers["lab.x"].api"#,
                #"models.providers["lab.x"].headers["x.y"]"#, #"models.providers["lab.x"].models[0]"#,
                #"models.providers["lab.x"].apiKey"#, #"models.providers["lab.x"].apikey"#,
                #"models.providers["bad id.x"]"#, #"auth.order["lab.x"][0]"#, #"auth.order["no good."]"#,
                #"auth.cooldowns.billingBackoffHoursByProvider["lab.x"]"#, #"auth.profiles["lab.x:a.b"]"#,
                #"auth.profiles["sp ace:a"]"#, #"auth.profiles["a\"b\\c"]"#, #"auth.profiles["[0]"]"#,
                #"env.vars["A.B"]"#, #"env.vars["C D"]"#, #"env["X.Y"]"#, #"secrets.providers["Bad.One"]"#,
                #"agents.defaults.models["a/b.c"]"#, #"agents.defaults.models["d/e.f"].alais"#,
            ])
    }
}
