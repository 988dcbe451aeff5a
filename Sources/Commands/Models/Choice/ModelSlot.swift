// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import Settings

/// A place of the configuration for a model and its fallbacks: the words about it, and the edits in it.
protocol ModelSlot: Sendable {
    static var key: String { get }
    /// `Default model` or `Image model`.
    static var title: String { get }
    static var fallback: String { get }
    static var fallbacks: String { get }
    /// The word of the command that edits the fallbacks.
    static var command: String { get }
    /// As `agents.defaults` has it, whatever an agent says for itself.
    static func list(_ models: DefaultModelSettings) -> [String]
}

enum DefaultModel: ModelSlot {
    static let key = "model"
    static let title = "Default model"
    static let fallback = "Fallback"
    static let fallbacks = "Fallbacks"
    static let command = "fallbacks"
    static func list(_ models: DefaultModelSettings) -> [String] { models.fallbacks }
}

enum ImageModel: ModelSlot {
    static let key = "imageModel"
    static let title = "Image model"
    static let fallback = "Image fallback"
    static let fallbacks = "Image fallbacks"
    static let command = "image-fallbacks"
    static func list(_ models: DefaultModelSettings) -> [String] { models.image.fallbacks ?? [] }
}

extension ModelSlot {
    static var path: DocumentPath { DocumentPath(["agents", "defaults", key]) }

    /// What an edit of `member` changes: the whole value when it is a text now.
    static func place(_ member: String, in change: ConfigChange) throws(ConfigError) -> DocumentPath {
        let there = change.resolved.document?.element(at: path)
        switch there?.kind {
        case .string: return path
        case .object, .null, nil:
            let place = path.appending(.key(member))
            try ConfigSet.checkWay(place, in: change.authored)
            return place
        case .some(let kind): throw .noWay(path.appending(.key(member)), through: path, kind, isWrong: true)
        }
    }

    static func setPrimary(_ reference: String, in document: inout Document) throws(DocumentError) {
        let there = document.element(at: path)
        if there?.string == reference || there?["primary"]?.string == reference { return }
        if there?.kind == .string {
            return try document.set(.object([.init("primary", .string(reference))]), at: path)
        }
        try document.set(.string(reference), at: path.appending(.key("primary")))
    }

    /// The entry that `models set` has made for a misspelt model: the one that was chosen until now, which its provider
    /// does not list, when the new one is what was meant. Nil when the entry says anything, or anything else names it.
    static func slip(mendedBy reference: String, in change: ConfigChange) -> (reference: String, place: DocumentPath)? {
        let document = change.authored
        let there = document.element(at: path)
        guard let old = there?.string ?? there?["primary"]?.string, old != reference,
            let slash = old.firstIndex(of: "/"),
            let provider = ProviderID(old[..<slash]),
            let doubt = ModelChoice.doubt(provider, String(old[old.index(after: slash)...]), change.reading),
            doubt.near == reference
        else { return nil }
        let place = ModelEntries.path.appending(.key(old))
        guard let entry = document.element(at: place), entry.kind == .object, entry.members.isEmpty,
            change.effective.root.count(of: old) == 1, (try? change.refuseIncluded(place)) != nil
        else { return nil }
        return (old, place)
    }

    /// - Parameter isSame: whether an entry of the list stands for the reference.
    static func addFallback(
        _ reference: String, in document: inout Document, isSame: (String) -> Bool
    ) throws(DocumentError) {
        let there = document.element(at: path)
        if let primary = there?.string {
            let both = Literal.object([
                .init("primary", .string(primary)), .init("fallbacks", .array([.string(reference)])),
            ])
            return try document.set(both, at: path)
        }
        if there?["fallbacks"]?.elements.contains(where: { $0.string.map(isSame) == true }) == true { return }
        try document.append(.string(reference), toListAt: path.appending(.key("fallbacks")))
    }

    static func removeFallbacks(in document: inout Document, where isGone: (String) -> Bool) throws(DocumentError) {
        let place = path.appending(.key("fallbacks"))
        let all = document.element(at: place)?.elements ?? []
        for (index, element) in all.enumerated().reversed() where element.string.map(isGone) == true {
            try document.removeElement(at: index, inListAt: place)
        }
    }

    static func clearFallbacks(in document: inout Document) throws(DocumentError) {
        let place = path.appending(.key("fallbacks"))
        guard let list = document.element(at: place), list.kind != .array || !list.elements.isEmpty else { return }
        try document.set(.array([]), at: place)
    }
}

/// `agents.defaults.models`: the models that somebody has chosen, with their aliases.
enum ModelEntries {
    static let path = DocumentPath(["agents", "defaults", "models"])

    /// The key of the model, as it is written there; nil when it has no entry.
    static func key(of reference: String, in document: Document?, _ models: ConfiguredModels) -> String? {
        let keys = document?.element(at: path)?.members.map(\.key) ?? []
        return keys.last { $0 == reference } ?? keys.last { models.entryReference($0) == reference }
    }

    static func register(_ reference: String, in document: inout Document) throws(DocumentError) {
        try document.set(.object([]), at: path.appending(.key(reference)))
    }
}

extension Element {
    /// How many values are that text.
    fileprivate func count(of text: String) -> Int {
        let inside = members.map(\.value) + elements
        return (string == text ? 1 : 0) + inside.reduce(0) { $0 + $1.count(of: text) }
    }
}
