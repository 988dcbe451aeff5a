// SPDX-License-Identifier: Apache-2.0
import Credentials
import Settings
import Testing

@Suite struct SecretProviderTests {
    private func providers(_ text: String) throws -> (found: [String: SecretProvider], problems: [String]) {
        let read = try settings("{secrets:{providers:\(text)}}")
        return (read.secrets, read.problems.map(\.description))
    }

    @Test func `each source has its own keys`() throws {
        let read = try providers(
            """
            {default: {source: 'env'}, keys: {source: 'file', path: '~/keys.json'},
             one: {source: 'file', path: '/run/key', mode: 'text'}, old: {source: 'file', path: '/run/key', mode: 'singleValue'},
             vault: {source: 'exec', command: '/usr/bin/vault', args: ['--x', '$HOME'], passEnv: ['VAULT_ADDR'], timeoutMs: 900}}
            """)
        #expect(
            read.found == [
                "default": .env, "keys": .file(SecretFile(path: "~/keys.json", mode: .json)),
                "one": .file(SecretFile(path: "/run/key", mode: .text)),
                "old": .file(SecretFile(path: "/run/key", mode: .text)),
                "vault": .exec(
                    SecretProgramSettings(
                        command: "/usr/bin/vault", arguments: ["--x", "$HOME"], passedVariables: ["VAULT_ADDR"],
                        timeout: .milliseconds(900))),
            ])
        #expect(read.problems == [])
    }

    @Test(arguments: [
        ("{x: {source: 'vault'}}", "secrets.providers.x.source"), ("{x: {}}", "secrets.providers.x.source"),
        ("{x: {source: 'file'}}", "secrets.providers.x.path"),
        ("{x: {source: 'file', path: 'keys'}}", "secrets.providers.x.path"),
        ("{x: {source: 'file', path: '/k', mode: 'xml'}}", "secrets.providers.x.mode"),
        ("{x: {source: 'exec', command: 'vault'}}", "secrets.providers.x.command"),
        ("{x: {source: 'exec', command: '~/vault'}}", "secrets.providers.x.command"),
        ("{X: {source: 'env'}}", "secrets.providers.X"), ("{'a/b': {source: 'env'}}", "secrets.providers[\"a/b\"]"),
        ("[]", "secrets.providers"), ("{x: 7}", "secrets.providers.x"),
    ])
    func `what cannot be used is left out and named`(text: String, place: String) throws {
        let read = try providers(text)
        #expect(read.found == [:])
        #expect(read.problems.count == 1)
        #expect(read.problems.first?.contains(place) == true)
    }

    @Test func `nobody waits longer than five seconds`() throws {
        let read = try providers("{x: {source: 'exec', command: '/bin/v', timeoutMs: 60000}}")
        #expect(read.found["x"] == .exec(SecretProgramSettings(command: "/bin/v", timeout: .seconds(5))))
        #expect(read.problems.count == 1)
    }

    @Test(arguments: [
        ("env:TEAM_KEY", "env:TEAM_KEY"), ("file:/run/key", "file:/run/key"), ("file:team", "file:team"),
        ("file:team:value", "file:team"), ("file:team:/a/b", "file:team:/a/b"),
        ("exec:vault:a:b/c", "exec:vault:a:b/c"),
        ("exec:default:a", "exec:default:a"),
    ])
    func `a reference reads as it is written`(text: String, description: String) {
        #expect(SecretReference(text)?.description == description)
        #expect(SecretReference(description) == SecretReference(text))
    }

    @Test(arguments: [
        "", "env", "env:", "env:a", "env:1A", "env:A-B", "file:", "file:Team", "file:team:x", "file:/a\nb", "exec:",
        "exec:a",
        "exec:a:", "exec:A:x", "exec:a:../x", "exec:a:x y", "store:a:b", ":",
        "env:" + String(repeating: "A", count: 129),
        "exec:a:" + String(repeating: "x", count: 257), "exec:" + String(repeating: "a", count: 65) + ":x",
    ])
    func `anything else is no reference`(text: String) {
        #expect(SecretReference(text) == nil)
    }
}
