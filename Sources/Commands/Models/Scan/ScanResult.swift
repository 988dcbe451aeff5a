// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import FoundationEssentials
import Providers

/// What came of one try of a model.
enum ScanTry: Hashable, Sendable {
    case works(milliseconds: Int64)
    case fails(String)
    /// Not tried, and why.
    case skipped(String)

    var milliseconds: Int64? { if case .works(let time) = self { time } else { nil } }
    var works: Bool { milliseconds != nil }
    var isTried: Bool { if case .skipped = self { false } else { true } }

    var literal: Literal {
        switch self {
        case .works(let time): .object([.init("ok", .boolean(true)), .init("latencyMs", .integer(time))])
        case .fails(let error): .object([.init("ok", .boolean(false)), .init("error", .string(error))])
        case .skipped(let why):
            .object([.init("ok", .boolean(false)), .init("skipped", .boolean(true)), .init("error", .string(why))])
        }
    }
}

/// One free model with what its tries showed.
struct ScanResult: Hashable, Sendable {
    var model: CatalogModel
    var tool: ScanTry
    var image: ScanTry

    /// Images first, then who answers sooner, then the longer context, then the larger one, then by id.
    static func < (a: Self, b: Self) -> Bool {
        if a.image.works != b.image.works { return a.image.works }
        let (first, second) = (a.tool.milliseconds ?? .max, b.tool.milliseconds ?? .max)
        if first != second { return first < second }
        if a.model.context != b.model.context { return a.model.context > b.model.context }
        let (one, other) = (a.model.parameters ?? 0, b.model.parameters ?? 0)
        if one != other { return one > other }
        return a.model.id < b.model.id
    }

    var literal: Literal {
        .object([
            .init("id", .string(model.id)), .init("modelRef", .string(model.reference)),
            .init("name", .string(model.name)), .init("provider", .string(String(model.maker))),
            .init("contextLength", .count(model.context)),
            .init("parametersB", model.parameters.map { .number($0) } ?? .null),
            .init("createdAt", .optional(model.created)), .init("tool", tool.literal), .init("image", image.literal),
        ])
    }
}

/// Which models are to take the place of others.
struct ScanSelection: Hashable, Sendable {
    var models: [String]
    var images: [String]

    /// The best of those that called the tool, and of those that saw the picture.
    init(_ sorted: [ScanResult], atMost count: Int) {
        models = sorted.filter(\.tool.works).prefix(count).map(\.model.reference)
        images = sorted.filter(\.image.works).prefix(count).map(\.model.reference)
    }

    init(models: [String], images: [String]) {
        self.models = models
        self.images = images
    }
}

/// The two questions that a model is tried with.
enum ScanQuestion {
    /// One tool, and no way around it.
    static func tool(_ model: CatalogModel, at base: String) -> ProviderQuestion {
        let ping =
            "{\"type\":\"function\",\"function\":{\"name\":\"ping\",\"description\":\"Answers.\",\"parameters\":"
            + "{\"type\":\"object\",\"properties\":{}}}}"
        return chat(
            model, at: base, content: "\"Call the ping tool.\"",
            more: ",\"tools\":[\(ping)],\"tool_choice\":\"required\"")
    }

    /// One white dot.
    static func image(_ model: CatalogModel, at base: String) -> ProviderQuestion {
        let content =
            "[{\"type\":\"text\",\"text\":\"Reply with OK.\"},{\"type\":\"image_url\",\"image_url\":{\"url\":"
            + "\"data:image/png;base64,\(dot)\"}}]"
        return chat(model, at: base, content: content, more: "")
    }

    private static let dot =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
    private static let tokens = 32

    private static func chat(
        _ model: CatalogModel, at base: String, content: String, more: String
    ) -> ProviderQuestion {
        let body =
            "{\"model\":\(model.id.jsonQuoted),\"max_tokens\":\(tokens),"
            + "\"messages\":[{\"role\":\"user\",\"content\":\(content)}]\(more)}"
        return ProviderQuestion(path: base + "/chat/completions", body: body)
    }

    /// Whether an answer that is good as such calls a tool.
    static func callsTool(_ answer: ProviderAnswer) -> Bool {
        let root = (try? Document(answer.body, as: .json))?.root  // checked before
        let choices = root?["choices"]?.elements ?? []
        return choices.contains { $0["message"]?["tool_calls"]?.elements.isEmpty == false }
    }
}
