// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Commands

/// `--profile NAME`, wherever it stands.
@Suite struct GlobalWordsTests {
    @Test(arguments: [
        (["--profile", "two", "models"], ["AGENTICFLOW_PROFILE": "two"]),
        (["models", "--profile=two"], ["AGENTICFLOW_PROFILE": "two"]),
        (["--profile", "default"], ["AGENTICFLOW_PROFILE": "default"]),
        (["--profile", " "], ["AGENTICFLOW_PROFILE": " ", "AGENTICFLOW_STATE_DIR": "/of/the/shell"]),
        (["models", "--", "--profile", "two"], ["AGENTICFLOW_STATE_DIR": "/of/the/shell"]),
    ])
    func `an instance that is named wins over the directory of the environment`(
        words: [String], expected: [String: String]
    ) {
        var environment = ["AGENTICFLOW_STATE_DIR": "/of/the/shell"]
        for (name, value) in GlobalWords(words).variables { environment[name] = value }
        #expect(environment == expected)
    }
}
