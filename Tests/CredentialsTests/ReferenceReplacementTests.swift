// SPDX-License-Identifier: Apache-2.0
import Credentials
import Testing

@Suite struct ReferenceReplacementTests {
    private static let af = "agenticflow-enterprise"

    @Test(arguments: [
        ("env:TEAM_KEY", "Replace it where it rests: \(af) env set TEAM_KEY (where it is from: \(af) env list)"),
        ("file:/run/team key", "Replace it where it rests, in '/run/team key'"),
        ("file:vault", "Replace it where file:vault leads to (secrets.providers.vault)"),
        ("file:vault:/a/b", "Replace it where file:vault:/a/b leads to (secrets.providers.vault)"),
        ("exec:vault:team/key", "Replace it where exec:vault:team/key leads to (secrets.providers.vault)"),
    ])
    func `another secret goes where the reference leads to, not into the store`(text: String, sentence: String) throws {
        #expect(try #require(SecretReference(text)).replacement == sentence)
    }
}
