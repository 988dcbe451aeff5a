// SPDX-License-Identifier: Apache-2.0
import Credentials
import Testing

@Suite struct ShellCommandTests {
    @Test(arguments: [
        ("/var/lib/x-1_2.json", "/var/lib/x-1_2.json"), ("openai:b@c+d", "openai:b@c+d"), ("", "''"),
        ("a b", "'a b'"), ("my ho'me", "'my ho'\\''me'"), ("a';touch PWNED;'", "'a'\\'';touch PWNED;'\\'''"),
        ("$(id)", "'$(id)'"), ("`id`", "'`id`'"), ("a\"b", "'a\"b'"), ("~", "'~'"), ("a*", "'a*'"), ("a\nb", "'a\nb'"),
        ("list[0]", "'list[0]'"), ("ä", "ä"), ("{a,b}", "'{a,b}'"), ("#", "'#'"), ("!", "'!'"),
    ])
    func `a word is one word for a shell`(text: String, word: String) {
        #expect(text.shellWord == word)
    }

    @Test(arguments: [
        ("Run: agenticflow-enterprise models status", "Run: agenticflow-enterprise --profile s models status"),
        (
            "agenticflow-enterprise env set A; agenticflow-enterprise doctor --fix",
            "agenticflow-enterprise --profile s env set A; agenticflow-enterprise --profile s doctor --fix"
        ),
        (
            "\"$(agenticflow-enterprise config path)\"", "\"$(agenticflow-enterprise --profile s config path)\""
        ),
        (
            "AGENTICFLOW_STATE_DIR=/s agenticflow-enterprise doctor; or run: agenticflow-enterprise doctor",
            "AGENTICFLOW_STATE_DIR=/s agenticflow-enterprise doctor; or run: agenticflow-enterprise --profile s doctor"
        ),
    ])
    func `a command is meant for the instance that was named`(text: String, addressed: String) {
        #expect(AddressedLine.text(text, to: "s") == addressed)
        #expect(AddressedLine.text(addressed, to: "s") == addressed)
        #expect(AddressedLine.text(text, to: nil) == text)
        #expect(AddressedLine.text(text, to: "a b") == text)
    }

    @Test(arguments: [
        "Update agenticflow-enterprise, then", "agenticflow-enterprise --version", "~/.agenticflow-enterprise models",
        "/usr/bin/agenticflow-enterprise models", "agenticflow-enterprise --profile second gateway run",
        "env -u AGENTICFLOW_PROFILE agenticflow-enterprise doctor",
        "Run: sudo -u ann AGENTICFLOW_STATE_DIR=/s AGENTICFLOW_CONFIG_PATH=/c agenticflow-enterprise models status",
    ])
    func `what is no command of this instance stays`(text: String) {
        #expect(AddressedLine.text(text, to: "s") == text)
    }

    @Test(arguments: [28, 30, 5, 36, 24, 13, 2])
    func `each thing that a system refuses has a fix of its own`(code: Int32) {
        let others = [28, 30, 5, 36, 24, 13, 2].filter { $0 != code }.map {
            StoreError.io(path: "/s", operation: "write", code: $0)
        }
        let fix = StoreError.io(path: "/s", operation: "write", code: code).advice.fix
        #expect(!others.map(\.advice.fix).contains(fix))
    }
}
