// SPDX-License-Identifier: Apache-2.0
import Credentials
import Settings
import Testing

/// `${NAME}`: replaced in the fields of credentials, and nowhere else.
@Suite struct CredentialFieldTests {
    private static let environment = [
        "KEY": "sk-from-env", "OTHER_2": "x", "EMPTY": "", "BLANK": " \t", "BROKEN": "a\nb", "lower": "no",
        "_UNDER": "no",
        "LOOP": "${KEY}",
    ]

    private func apiKey(_ text: String) throws -> (found: ConfiguredSecret, complaints: [String]) {
        let all = try settings(
            "{models: {providers: {own: {apiKey: '\(text)'}}}}", environment: Self.environment)
        return (try #require(all.own).apiKey, all.complaints)
    }

    private static let path = "models.providers.own.apiKey"

    @Test(arguments: [
        ("sk-plain", "sk-plain", []), ("${KEY}", "sk-from-env", ["KEY"]), (" ${KEY} ", "sk-from-env", ["KEY"]),
        ("a${KEY}b${OTHER_2}", "ask-from-envbx", ["KEY", "OTHER_2"]), ("$${KEY}", "${KEY}", []),
        ("$$${KEY}", "$${KEY}", []), ("$KEY", "$KEY", []), ("$", "$", []), ("a$$b", "a$$b", []),
        // What a variable holds is not read again.
        ("${LOOP}", "${KEY}", ["LOOP"]),
    ])
    func `a reference is replaced`(text: String, value: String, variables: [String]) throws {
        let (found, complaints) = try apiKey(text)
        #expect(found == .present(Secret(value), variables: variables))
        #expect(complaints == [])
    }

    @Test(arguments: [
        ("${MISSING}", ["MISSING"]), ("${EMPTY}", ["EMPTY"]), ("${BLANK}", ["BLANK"]), ("x${KEY}${A}${B}", ["A", "B"]),
    ])
    func `a variable that is not set makes the value unavailable, and says so`(text: String, names: [String]) throws {
        let (found, complaints) = try apiKey(text)
        #expect(found == .unavailable(missing: names))
        #expect(found.secret == nil)
        let list = names.joined(separator: ", ")
        #expect(complaints == ["\(Self.path) refers to \(list), which is not set."])
    }

    @Test(arguments: [
        "${lower}", "${_UNDER}", "${1A}", "${}", "${KEY", "${K-Y}", "${KEY }",
        "${\(String(repeating: "A", count: 129))}",
    ])
    func `what is no reference stays as it stands, and is named`(text: String) throws {
        let (found, complaints) = try apiKey(text)
        let note = "\(Self.path) has a ${ that begins no reference; allowed: ${NAME} with capitals, digits and _."
        #expect(complaints.first == note)
        guard !text.contains(" ") else { return }
        #expect(found == .present(Secret(text), variables: []))
    }

    @Test(arguments: ["${BROKEN}", "a b", "ä", "a\\u0000", "a\\tb"])
    func `what no header can carry is not sent`(text: String) throws {
        let (found, complaints) = try apiKey(text)
        #expect(found == .unavailable(missing: []))
        #expect(complaints.count == 1)
        #expect(complaints.first?.contains("no header can carry") == true)
    }

    @Test(arguments: [
        (
            "{models: {providers: {own: {baseUrl: 'https://x.example/${KEY}'}}}}",
            "models.providers.own.baseUrl refers to a variable: variables are not expanded in URLs, so that none can leak; "
                + "allowed: \(BaseURL.allowed)."
        ),
        (
            "{models: {providers: {own: {headers: {'x-a': '${KEY}'}}}}}",
            "models.providers.own.headers.x-a refers to a variable: variables are not expanded in headers; "
                + "allowed: ${NAME} in apiKey and gateway.auth.token."
        ),
        (
            "{models: {providers: {'${KEY}': {}}}}",
            "models.providers[\"${KEY}\"] is no provider id; allowed: letters, digits, '.', '_' and '-'."
        ),
        (
            "{agents: {list: [{id: '${KEY}'}]}}",
            "agents.list[0].id is no agent id; allowed: letters, digits, '_' and '-'."
        ),
        (
            "{auth: {order: {anthropic: ['${KEY}']}}}",
            "auth.order.anthropic[0] names no profile; allowed: ids such as anthropic:work."
        ),
        (
            "{gateway: {bind: '${KEY}'}}",
            "gateway.bind is no address of a machine; allowed: loopback, lan, or a numeric address. The default is used instead: loopback."
        ),
    ])
    func `elsewhere nothing is replaced`(text: String, complaint: String) throws {
        let found = try settings(text, environment: Self.environment)
        #expect(found.complaints == [complaint])
        var dumped = ""
        dump(found, to: &dumped)
        #expect(!dumped.contains("sk-from-env"))
    }

    @Test func `names and paths keep their text`() throws {
        let found = try settings(
            """
            {models: {providers: {own: {caFile: '${KEY}', models: [{id: '${KEY}', name: '${KEY}'}]}}},
             agents: {defaults: {model: '${KEY}', models: {'${KEY}': {alias: '${KEY}'}}}, list: [{id: 'a', agentDir: '/${KEY}'}]},
             gateway: {allowedHosts: ['${KEY}']}, env: {vars: {A: '${KEY}'}}}
            """, environment: Self.environment)
        let own = try #require(found.own)
        #expect(own.caFile == "${KEY}")
        #expect(own.models == [ConfiguredModel(id: "${KEY}", name: "${KEY}")])
        #expect(found.models.primary == "${KEY}")
        #expect(found.models.aliases == ["${KEY}": "${KEY}"])
        #expect(found.agents.first?.directory == "/${KEY}")
        #expect(found.gateway.allowedHosts == ["${key}"])
        #expect(found.env.variables["A"]?.reveal() == "${KEY}")
        #expect(found.problems == [])
    }

    @Test func `variables of the configuration fill gaps and never replace`() throws {
        let text = "{env: {vars: {KEY: 'sk-config', MORE: 'sk-more'}}, gateway: {auth: {token: '${KEY}-${MORE}'}}}"
        let found = try settings(text, environment: Self.environment)
        #expect(found.gateway.token.secret?.reveal() == "sk-from-env-sk-more")
    }

    @Test(arguments: [
        ("{gateway: {auth: {token: 'own'}}}", "own"), ("{}", "env"), ("{gateway: {auth: {token: '${NONE}'}}}", "env"),
        ("{gateway: {auth: {token: ''}}}", "env"), ("{gateway: {auth: {token: 7}}}", "env"),
    ])
    func `the client token falls back to the environment`(text: String, token: String) throws {
        let layers = EnvironmentLayers(process: ["AGENTICFLOW_GATEWAY_TOKEN": "env"])
        let found = try settings(text, environment: ["AGENTICFLOW_GATEWAY_TOKEN": "env"])
        #expect(found.clientToken(in: layers)?.reveal() == token)
        #expect(
            try settings(text).clientToken(in: EnvironmentLayers(process: [:]))?.reveal()
                == (token == "own" ? "own" : nil))
    }
}
