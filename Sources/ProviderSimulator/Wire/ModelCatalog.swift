// SPDX-License-Identifier: Apache-2.0

/// The models of both lists. Requests may name any other: real lists change too often to be a test's concern.
enum ModelCatalog {
    private static let anthropic: [(id: String, name: String)] = [
        ("claude-opus-4-5", "Claude Opus 4.5"), ("claude-sonnet-4-5", "Claude Sonnet 4.5"),
        ("claude-haiku-4-5", "Claude Haiku 4.5"),
    ]
    private static let openai = ["gpt-5", "gpt-5-mini", "gpt-4o", "gpt-4o-mini", "text-embedding-3-small"]
    private static let created = Timestamp(seconds: 1_759_276_800)

    /// - Parameter hollow: without any model.
    static func list(_ dialect: Dialect, hollow: Bool) -> JSONValue {
        switch dialect {
        case .anthropic:
            let shown = hollow ? [] : anthropic
            return [
                "data": .array(shown.map { describe($0.id, $0.name) }), "has_more": false,
                "first_id": JSONValue(shown.first?.id), "last_id": JSONValue(shown.last?.id),
            ]
        case .openai:
            return ["object": "list", "data": .array(hollow ? [] : openai.map(describe))]
        }
    }

    /// - Returns: nil for a model that is not on the list.
    static func one(_ id: String, _ dialect: Dialect) -> JSONValue? {
        switch dialect {
        case .anthropic: anthropic.first { $0.id == id }.map { describe($0.id, $0.name) }
        case .openai: openai.first { $0 == id }.map(describe)
        }
    }

    private static func describe(_ id: String, _ name: String) -> JSONValue {
        [
            "type": "model", "id": .string(id), "display_name": .string(name),
            "created_at": .string(created.rfc3339Seconds),
        ]
    }

    private static func describe(_ id: String) -> JSONValue {
        [
            "id": .string(id), "object": "model", "created": .integer(Int(created.seconds)), "owned_by": "system",
        ]
    }
}
