// SPDX-License-Identifier: Apache-2.0
import Credentials
import Settings
import Testing

/// A document as a difference shows it.
@Suite struct ShownDocumentTests {
    private static func shown(_ text: String, as content: ShownDocument.Content = .configuration) -> String {
        ShownDocument.text(of: Array(text.utf8), as: content)
    }

    private static let key = "sk-ant-api03-q7Wz1Lm9Xc4Vb6Nh8Jk2Pd5Rt3Ys0Gf"

    @Test func `everything that is no credential is shown byte by byte`() {
        let text = """
            // The office's gateway; ports from 18790 on.
            {
              gateway: { port: +1, bind: 'lan', /* both
                 of them */ auth: { token: "${TOKEN}" } },
              models: { providers: { own: { baseUrl: 'https://llm.example/v1', apiKey: "${A}${B}" } } },
              agents: { list: [ { id: "main", name: "it's // no comment", }, ] },
              auth: { order: { anthropic: ["anthropic:me@example.com"] } },\u{20}
              meta: {lastTouchedVersion: "1"},
            }
            """
        #expect(Self.shown(text) == text)
        #expect(Self.shown(text.split(separator: "\n").joined(separator: "\r\n")).contains("ports from 18790 on.\r\n"))
    }

    @Test func `credentials in values, keys and comments are not`() {
        let key = Self.key
        let text = """
            // once \(key)
            /* apiKey: hunter2, // and
               more: the office */
            // The password:
            //
            //   hunter3
            // after it
            {gateway: {auth: {token: "\(key)", pin: 4711}}, /* token */ env: {vars: {ANY: 'hunter4'}}, // hunter5
             models: {providers: {x: {baseUrl: "https://u:p@x.example/v1", headers: {h: "hunter6"}}}},
             "\\u0073\(key.dropFirst())": 1, other: "\(key)"}
            """
        let mask = Secret(key).masked
        let expected = """
            // once \(mask)
            /* apiKey: ****
               more: the office */
            // The password:
            //
            //   ****
            // after it
            {gateway: {auth: {token: "\(mask)", pin: "****"}}, /* token */ env: {vars: {ANY: "****"}}, // hunter5
             models: {providers: {x: {baseUrl: "https://****@x.example/v1", headers: {h: "****"}}}},
             "\(mask)": 1, other: "\(mask)"}
            """
        #expect(Self.shown(text) == expected)
    }

    @Test func `of a store nothing is shown that is not known to be harmless`() {
        let entry = "\"type\": \"api_key\", \"provider\": \"x\", \"email\": \"me@x.example\""
        let reference = "\"keyRef\": {\"source\": \"env\", \"provider\": \"default\", \"id\": \"X_API_KEY\"}"
        let plain = "\"version\": 1, \"order\": {\"x\": [\"x:token\"]}"
        let text =
            "{\(plain), \"profiles\": {\"x:token\": {\(entry), \(reference), \"key\": \"a\", \"k\": [\"b\"], \"n\": 7}}}"
        #expect(
            Self.shown(text, as: .store)
                == "{\(plain), \"profiles\": {\"x:token\": {\(entry), \(reference), \"key\": \"****\", "
                + "\"k\": [\"****\"], \"n\": \"****\"}}}")
        // As older programs wrote it.
        #expect(
            Self.shown("{\"x\": {\"apiKey\": \"a\", \"type\": \"api_key\"}, \"y\": \"b\"}", as: .store)
                == "{\"x\": {\"apiKey\": \"****\", \"type\": \"api_key\"}, \"y\": \"****\"}")
    }

    @Test func `what cannot be read is not shown`() {
        #expect(Self.shown("{\"half\": \"\(Self.key)", as: .store) == "(\(Self.key.utf8.count + 10) bytes)")
        #expect(ShownDocument.text(of: nil, as: .store) == "")
    }
}
