// SPDX-License-Identifier: Apache-2.0
import Settings
import Testing

@Suite struct `what somebody probably meant` {
    @Test(
        arguments: [
            ("modls", "models"), ("MODELS", "models"), ("stauts", "status"), ("set", nil), ("gt", nil), ("zebra", nil),
        ] as [(String, String?)])
    func `words`(word: String, near: String?) {
        #expect(Spelling.nearest(to: word, among: ["models", "status", "get"]) == near)
    }

    @Test(
        arguments: [
            ("openai:wrok", "openai:work"), ("openai:nope", nil), ("opneai:work", "openai:work"), ("zai:aa", "zai:a"),
            ("zai:b", nil), ("zai:", "zai:a"), ("work", nil),
        ] as [(String, String?)])
    func `ids, of which only the name counts where the provider is right`(id: String, near: String?) {
        #expect(Spelling.nearestID(to: id, among: ["openai:work", "zai:a"]) == near)
    }
}
