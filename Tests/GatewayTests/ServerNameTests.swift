// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Gateway

@Suite struct ServerNameTests {
    @Test(arguments: [
        ("api.anthropic.com", "api.anthropic.com"), ("api.anthropic.com", "*.anthropic.com"),
        ("API.Anthropic.com", "api.ANTHROPIC.com"), ("api.anthropic.com.", "api.anthropic.com"),
        ("localhost", "localhost"),
    ])
    func `a certificate's name fits`(host: String, pattern: String) {
        #expect(ServerName(host).matches(pattern))
    }

    @Test(arguments: [
        ("api.anthropic.com", "anthropic.com"), ("api.anthropic.com", "*.com"), ("anthropic.com", "*.com"),
        ("a.api.anthropic.com", "*.anthropic.com"), ("api.anthropic.com", "a*.anthropic.com"),
        ("api.anthropic.com", "*"), ("api.anthropic.com", "*.*.com"), ("api.anthropic.com", ""),
        ("api.anthropic.com", "api.anthropic.com\0.example"), ("localhost", "*"), (".anthropic.com", "*.anthropic.com"),
    ])
    func `another name does not`(host: String, pattern: String) {
        #expect(!ServerName(host).matches(pattern))
    }
}
