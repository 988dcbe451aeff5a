// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import Settings

/// What a scan found and chose; writes the choice, and tells.
struct ScanOutcome {
    var results: [ScanResult]
    /// Nil when nothing is to be written.
    var selection: ScanSelection?
    var setsDefault: Bool
    var setsImage: Bool
    var warnings: [String] = []
    /// Why nothing could be chosen.
    var failure: ScanError?

    private var primary: String? { setsDefault ? selection?.models.first : nil }
    private var imagePrimary: String? { setsImage ? selection?.images.first : nil }
    /// Nothing falls back to itself.
    private var fallbacks: [String] { (selection?.models ?? []).filter { $0 != primary } }
    private var imageFallbacks: [String] { (selection?.images ?? []).filter { $0 != imagePrimary } }

    // MARK: The configuration

    /// The lists are replaced as a whole; whatever else is there stays.
    ///
    /// - Returns: whether there was anything to change.
    func put(into file: SettingsFile) throws(SettingsFileError) -> Bool {
        guard let selection else { return false }
        return try file.edit { document throws(DocumentError) in
            let before = document.bytes
            try Self.put(fallbacks, primary: primary, under: "model", &document)
            if !selection.images.isEmpty {
                try Self.put(imageFallbacks, primary: imagePrimary, under: "imageModel", &document)
            }
            for reference in selection.models + selection.images.filter({ !selection.models.contains($0) }) {
                let path = ["agents", "defaults", "models", reference]
                if document.element(at: path) == nil { try document.set(.object([]), at: path) }
            }
            return document.bytes != before
        }
    }

    /// A model that is written as a mere text becomes the primary one of an object.
    private static func put(
        _ fallbacks: [String], primary: String?, under key: String, _ document: inout Document
    ) throws(DocumentError) {
        let path = ["agents", "defaults", key]
        if let text = document.element(at: path)?.string {
            try document.set(.object([.init("primary", .string(text))]), at: path)
        }
        if let primary { try document.set(.string(primary), at: path + ["primary"]) }
        try document.set(.strings(fallbacks), at: path + ["fallbacks"])
    }

    // MARK: Telling

    /// What goes, and what the new lists are not good for.
    ///
    /// - Parameter after: with what was written.
    mutating func warn(before: ConfiguredModels, after: ConfiguredModels) {
        guard let selection else { return }
        warn(of: DefaultModel.self, before, before.fallbacks, fallbacks, after)
        if !selection.images.isEmpty {
            warn(of: ImageModel.self, before, before.imageFallbacks, imageFallbacks, after)
        }
    }

    private mutating func warn(
        of slot: any ModelSlot.Type, _ before: ConfiguredModels, _ old: [String], _ new: [String],
        _ after: ConfiguredModels
    ) {
        let gone = old.map(before.entryReference).filter { !new.contains($0) }
        if !gone.isEmpty {
            let commands = gone.map { "agenticflow-enterprise models \(slot.command) add \($0.shellWord)" }
            warnings.append(
                "\(slot.fallbacks) that are gone: \(gone.joined(separator: ", ")). To have them back, run: "
                    + commands.joined(separator: " && "))
        }
        // All of them are of one provider.
        guard let idle = new.lazy.compactMap({ IdleFallback($0, in: slot, after) }).first else { return }
        let isDefault = slot.key == DefaultModel.key
        warnings.append(
            "None of these \(slot.fallbacks.lowercased()) ever takes the place of \(idle.first). \(idle.why) To use the best "
                + "one, run: agenticflow-enterprise models \(isDefault ? "set" : "set-image") \(new[0].shellWord)")
    }

    var literal: Literal {
        let found: [Literal.Member] = [
            .init("selected", .strings(selection?.models ?? [])),
            .init("selectedImages", .strings(selection?.images ?? [])),
            .init("setDefault", .boolean(selection != nil && setsDefault)),
            .init("setImage", .boolean(selection?.images.isEmpty == false && setsImage)),
            .init("results", .array(results.map(\.literal))), .init("warnings", .strings(warnings)),
        ]
        let error: [Literal.Member] =
            failure.map {
                [
                    .init("error", .string($0.advice.what)), .init("why", .string($0.advice.why)),
                    .init("fix", .string($0.advice.fix)),
                ]
            } ?? []
        return .object(found + error)
    }

    var table: [String] {
        guard !results.isEmpty else { return ["No models found."] }
        let numbers = results.indices.map { "\($0 + 1)." }
        let width = results.map(\.model.id.count).max() ?? 0
        return results.indices.map { index in
            let result = results[index]
            let size = result.model.parameters.map { "\(Int($0.rounded()))b" } ?? "-"
            let context = result.model.context > 0 ? "\(result.model.context / 1024)k" : "-"
            return [
                numbers[index].filled(to: 3), result.model.id.filled(to: width), size.filled(to: 5),
                context.filled(to: 6), "tools \(Self.word(result.tool))".filled(to: 13),
                "images \(Self.word(result.image))",
            ].joined(separator: " ")
        }
    }

    private static func word(_ try: ScanTry) -> String {
        switch `try` {
        case .works(let time): Duration.milliseconds(time).latency
        case .fails: "no"
        case .skipped: "-"
        }
    }

    var written: [String] {
        guard let selection else { return [] }
        func list(_ models: [String]) -> String { models.isEmpty ? "-" : models.joined(separator: ", ") }
        var lines = ["Fallbacks: \(list(fallbacks))"]
        if !selection.images.isEmpty { lines.append("Image fallbacks: \(list(imageFallbacks))") }
        if let primary { lines.append("Default model: \(primary)") }
        if let imagePrimary { lines.append("Image model: \(imagePrimary)") }
        return lines
    }
}
