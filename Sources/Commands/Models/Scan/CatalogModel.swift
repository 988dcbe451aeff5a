// SPDX-License-Identifier: Apache-2.0
import Documents
import FoundationEssentials

/// One model as OpenRouter's open list describes it.
struct CatalogModel: Hashable, Sendable {
    var id: String
    var name: String
    /// In tokens; 0 when it is not said.
    var context = 0
    var created: Date?
    var seesImages = false
    /// By what the list says; nil when it does not say.
    var takesTools: Bool?
    var isFree = false

    /// In thousand millions, by what the id or the name says: the largest `NNb` in them.
    var parameters: Double? { [id, name].flatMap(Self.sizes).filter { (0...1e6).contains($0) }.max() }

    /// The part before the slash.
    var maker: Substring { id.prefix { $0 != "/" } }
    /// As the configuration names it.
    var reference: String { "openrouter/\(id)" }

    private static func sizes(in text: String) -> [Double] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "." }.compactMap { word in
            guard word.last == "b" else { return nil }
            // Such as `8x22b`: so many experts of that size.
            let parts = word.dropLast().split(separator: "x").map { Double($0) }
            guard !parts.isEmpty, parts.count <= 2, !parts.contains(nil) else { return nil }
            return parts.compactMap { $0 }.reduce(1, *)
        }
    }

    init(id: String, name: String) {
        self.id = id
        self.name = name
    }

    /// - Parameter entry: one of `data`. Nil for one without an id that can be written down.
    init?(_ entry: Element) {
        guard let id = entry["id"]?.string, (1...200).contains(id.utf8.count), id.contains("/"),
            id.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        self.init(id: id, name: String((entry["name"]?.string ?? id).prefix(200)))
        context = Int(clamping: entry["context_length"]?.integer ?? 0)
        created = entry["created"]?.double.flatMap { (0...4e9).contains($0) ? Date(timeIntervalSince1970: $0) : nil }
        let inputs = entry["architecture"]?["input_modalities"]?.elements.compactMap(\.string)
        seesImages = inputs?.contains("image") ?? false
        takesTools = entry["supported_parameters"]?.elements.contains { $0.string == "tools" }
        isFree = id.hasSuffix(":free") || Self.costsNothing(entry["pricing"])
    }

    private static func costsNothing(_ pricing: Element?) -> Bool {
        ["prompt", "completion"].allSatisfy { kind in
            let price = pricing?[kind]
            return (price?.double ?? price?.string.flatMap { Double($0) }) == 0
        }
    }

    /// - Returns: nil for what is no such list.
    static func list(_ body: [UInt8]) -> [CatalogModel]? {
        guard let data = (try? Document(body, as: .json))?.root["data"], data.kind == .array else {
            return nil  // anything but JSON is no list
        }
        return data.elements.compactMap { CatalogModel($0) }
    }
}

/// Which of them are looked at.
struct CatalogFilter: Hashable, Sendable {
    /// In thousand millions; a model that does not say passes only without this.
    var minimumParameters: Double?
    var maximumAgeDays: Int?
    /// The beginning of an id, such as `meta` or `meta-llama/llama`.
    var prefix: String?

    func accepts(_ model: CatalogModel, now: Date) -> Bool {
        guard model.isFree else { return false }
        if let prefix, !model.id.lowercased().hasPrefix(prefix.lowercased()) { return false }
        if let minimumParameters, (model.parameters ?? 0) < minimumParameters { return false }
        if let maximumAgeDays {
            guard let created = model.created else { return false }
            return now.timeIntervalSince(created) <= Double(maximumAgeDays) * 86_400
        }
        return true
    }
}
