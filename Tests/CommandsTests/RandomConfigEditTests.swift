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
