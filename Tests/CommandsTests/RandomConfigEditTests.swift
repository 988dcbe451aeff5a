// SPDX-License-Identifier: Apache-2.0
import Documents
import FoundationEssentials
import TestKit
import Testing

/// 1 000 edits by `config set`, `config unset`, `models set`, `aliases` and `fallbacks`, of configurations with comments
/// in every legal place, both line ends, byte-order marks, repeated keys and every spelling of keys and values: what
/// was not meant keeps its bytes.
@Suite struct RandomConfigEditTests {
    @Test(arguments: 0..<50 as Range<UInt64>)
    func `a command changes what was meant and no other byte`(block: UInt64) throws {
        let instance = Instance()
        for seed in block * 20..<block * 20 + 20 {
            let complaints = try complaints(seed, instance)
            #expect(complaints == [], "seed \(seed)")
        }
    }

    @Test func `an editor that writes the whole file anew is found out every time`() throws {
        let instance = Instance()
        for seed in 0..<20 as Range<UInt64> {
            let complaints = try complaints(seed, instance) { text in
                try Document(Array(text.utf8), as: .json5).root.literal.pretty() + "\n"
            }
            #expect(complaints != [], "seed \(seed)")
        }
    }

    /// What the edits prove counts for all that is among them.
    @Test func `the configurations have everything in them, and more than once`() throws {
        let kinds = try Self.kinds.map { (name: $0.0, pattern: try Regex($0.1)) }
        var found: [String: Int] = [:]
        for seed in 0..<1000 as Range<UInt64> {
            let scene = ConfigScene(seed: seed)
            let printed = ConfigPrinter(seed: seed, scene.before)
            if printed.text.utf8.starts(with: "\u{FEFF}".utf8) { found["byte-order mark", default: 0] += 1 }
            if printed.text.utf8.last != 0x0A { found["no final newline", default: 0] += 1 }
            if printed.members.values.contains(where: { $0.count > 1 }) { found["repeated keys", default: 0] += 1 }
            for (name, pattern) in kinds where found[name, default: 0] < 10 {
                if printed.text.contains(pattern) { found[name, default: 0] += 1 }
            }
            let command = scene.words.prefix(2).joined(separator: " ")
            found[command, default: 0] += 1
        }
        let wanted =
            Self.kinds.map(\.0) + [
                "byte-order mark", "no final newline", "repeated keys", "config set", "config unset", "models set",
                "models set-image", "models aliases", "models fallbacks", "models image-fallbacks",
            ]
        #expect(wanted.filter { found[$0, default: 0] < 10 } == [], "\(found)")
        // The witness sees what is not there.
        #expect(kinds.allSatisfy { !"{\"a\": 1}\n".contains($0.pattern) })
    }

    private static let kinds = [
        ("CRLF", #"\r\n"#), ("a plus sign", #":\s*\+1"#), ("hexadecimal", #"0[xX][0-9A-Fa-f]"#),
        ("Infinity", "Infinity"),
        ("an escaped key", #"\\u00[0-9a-f]{2}[A-Za-z]*["']?\s*:"#), ("an unquoted key", #"[{,\s][a-zA-Z]+:"#),
        ("a comment in front", #"^\u{FEFF}?\s*/[/*]"#), ("a comment behind", #"\}\s*/[/*][^{}]*$"#),
        ("a comment before a colon", #"[a-zA-Z"']\s*/\*[^*]*\*/\s*:"#),
        ("a comment after a colon", #"["'a-z]:\s*/[/*]"#),
        ("a comment behind a bracket", #"[{\[]\s*/[/*]"#), ("a comment behind a comma", #",\s*/[/*]"#),
        ("a comment before a comma", #"\*/\s*,"#), ("a comment before a bracket", #"\*/\s*[}\]]"#),
        ("a comma at the end", #",\s*[}\]]"#), ("a line's comment", #"//"#),
    ]

    /// - Parameter twist: what a broken twin does to the file afterwards.
    private func complaints(
        _ seed: UInt64, _ instance: Instance, _ twist: (String) throws -> String = { $0 }
    ) throws -> [String] {
        let scene = ConfigScene(seed: seed)
        let printed = ConfigPrinter(seed: seed, scene.before)
        instance.write("agenticflow-enterprise.json", printed.text)
        let run = instance.run(scene.words)
        guard run.code == 0 else { return ["\(scene.words) ended with \(run.code): \(run.stderr)"] }
        let text = try twist(instance.config ?? "")
        var found: [String] = []
        if Tree(try Document(Array(text.utf8), as: .json5).root) != scene.after {
            found.append("\(scene.words): the values are others")
        }
        let regions = Self.regions(scene.touched, printed)
        if !Self.isSame(Array(printed.text.utf8), Array(text.utf8), outside: regions) {
            found.append("\(scene.words): bytes outside have changed:\n\(printed.text)\n->\n\(text)")
        }
        let kept = Self.comments(of: printed.text, scene, printed)
        if TestKit.comments(of: text) != kept {
            found.append("\(scene.words): comments are gone:\n\(printed.text)\n->\n\(text)")
        }
        return found
    }

    /// The bytes that may change: of the value itself, or of the insides of what is to hold it.
    private static func regions(_ touched: [[String]], _ printed: ConfigPrinter) -> [Range<Int>] {
        let all = touched.compactMap { path -> Range<Int>? in
            var path = path
            while !path.isEmpty {
                if let value = printed.values[path] { return value }
                path.removeLast()
            }
            return printed.values[[]]
        }
        let sorted = all.sorted { ($0.lowerBound, -$0.upperBound) < ($1.lowerBound, -$1.upperBound) }
        // One inside another says nothing more.
        return sorted.reduce(into: []) { kept, next in
            if kept.last.map({ $0.upperBound > next.lowerBound }) != true { kept.append(next) }
        }
    }

    /// Everything outside of the regions is there, in its order, with nothing between but their new contents.
    private static func isSame(_ before: [UInt8], _ after: [UInt8], outside regions: [Range<Int>]) -> Bool {
        guard let first = regions.first, let last = regions.last else { return before == after }
        let tail = before[last.upperBound...]
        guard after.starts(with: before[..<first.lowerBound]), after.reversed().starts(with: tail.reversed()) else {
            return false
        }
        var rest = after[first.lowerBound..<max(first.lowerBound, after.count - tail.count)]
        for (region, next) in zip(regions, regions.dropFirst()) {
            guard let found = rest.firstRange(of: before[region.upperBound..<next.lowerBound]) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }

    /// The comments that have to be there still: all but those inside a value that was replaced or taken away.
    private static func comments(of text: String, _ scene: ConfigScene, _ printed: ConfigPrinter) -> [String] {
        var gone: [Range<Int>] = []
        if scene.words.contains("clear") || scene.words.contains("set") {
            gone = scene.touched.compactMap { printed.values[$0] }
        } else if scene.words.contains("unset") {
            gone = printed.members[scene.words[2].split(separator: ".").map(String.init)] ?? []
        } else if scene.words[1] == "aliases", scene.words[2] == "remove" {
            gone = scene.touched.flatMap { printed.members[$0 + ["alias"]] ?? [] }
        } else if scene.words[1] == "aliases" || scene.words.contains("add") {
            gone = scene.touched.compactMap { path in
                let isReplaced = path.last == "alias" || path.last == "model" || path.last == "imageModel"
                return isReplaced ? printed.values[path] : nil
            }
        }
        var bytes = Array(text.utf8)
        for span in gone.sorted(by: { $0.lowerBound > $1.lowerBound }) { bytes.replaceSubrange(span, with: [0x20]) }
        return TestKit.comments(of: String(decoding: bytes, as: UTF8.self))
    }
}
