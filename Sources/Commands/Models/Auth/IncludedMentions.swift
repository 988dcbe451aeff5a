// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import Settings

/// Where included files name profiles. Commands change the configuration itself; what it includes is its author's.
struct IncludedMentions {
    /// Each as `file:line`.
    private(set) var places: [String] = []
    let ids: [ProfileID]

    init(of ids: [ProfileID], in resolved: ResolvedSettings) {
        var named: [ProfileID] = []
        for id in ids {
            var files: [String] = []
            for path in Self.paths(naming: id, in: resolved.document) {
                if let file = resolved.origins.file(of: path), !files.contains(file) { files.append(file) }
            }
            let found = files.flatMap { file in
                resolved.included[file]?.root.lines(naming: id.text).map { "\(file):\($0)" } ?? []
            }
            if !found.isEmpty { named.append(id) }
            for place in found where !places.contains(place) { places.append(place) }
        }
        self.ids = named
    }

    /// Of `auth.profiles` and the orders, of the configuration with what it includes.
    private static func paths(naming id: ProfileID, in document: Document?) -> [DocumentPath] {
        var paths: [DocumentPath] = []
        let note = ["auth", "profiles", id.text]
        if document?.element(at: note) != nil { paths.append(DocumentPath(note)) }
        for (key, list) in document?.element(at: ["auth", "order"])?.members ?? [] {
            for (index, element) in list.elements.enumerated() where element.string?.trimmed == id.text {
                paths.append(DocumentPath(["auth", "order", key]).appending(.index(index)))
            }
        }
        return paths
    }
}

/// An order of which an included file has a part.
struct IncludedOrder {
    /// `file:line`.
    let place: String
    /// All of it, with the part of the configuration.
    let ids: [ProfileID]

    /// - Returns: nil when the configuration has no order for the provider, or all of it.
    init?(of provider: ProviderID, in resolved: ResolvedSettings) {
        let orders = resolved.document?.element(at: ["auth", "order"])?.members ?? []
        for (key, list) in orders where ProviderID(key) == provider {
            let named = list.elements.compactMap { $0.string.flatMap { ProfileID($0.trimmed) } }
            guard !named.isEmpty, let file = resolved.origins.included(below: DocumentPath(["auth", "order", key]))
            else { continue }
            ids = named
            let line = resolved.included[file]?.root.line(ofListNamed: key)
            place = line.map { "\(file):\($0)" } ?? file
            return
        }
        return nil
    }
}

extension CommandContext {
    /// What is left to whoever edits the files.
    func tellOfMentions(_ mentions: IncludedMentions) {
        guard !mentions.places.isEmpty else { return }
        let names = mentions.ids.map(\.text).joined(separator: ", ")
        terminal.notice(
            "Included files still name \(names), and no command changes those. Take it out there:\n"
                + mentions.places.map { "  \(shown($0))\n" }.joined()
                + "then run: agenticflow-enterprise config validate")
    }
}

extension Element {
    /// The lines of keys and texts that are that id.
    fileprivate func lines(naming id: String) -> [Int] {
        switch kind {
        case .string: string?.trimmed == id ? [line] : []
        case .array: elements.flatMap { $0.lines(naming: id) }
        case .object: members.flatMap { ($0.key == id ? [$0.value.line] : []) + $0.value.lines(naming: id) }
        default: []
        }
    }

    fileprivate func line(ofListNamed name: String) -> Int? {
        for (key, value) in members {
            if key == name, value.kind == .array { return value.line }
            if let line = value.line(ofListNamed: name) { return line }
        }
        return nil
    }
}
