// SPDX-License-Identifier: Apache-2.0

/// What OpenRouter's own pages say: about the key that asks, and about the models there are.
enum OpenRouterCatalog {
    static func keyStatus(label: String) -> JSONValue {
        [
            "data": [
                "label": .string(label), "usage": 0, "limit": .null, "limit_remaining": .null, "is_free_tier": true,
            ]
        ]
    }

    /// Free and paid ones, with and without images and tools, large and small, new and old.
    ///
    /// - Parameter now: seconds since 1970.
    static func list(now: Int) -> JSONValue { ["data": .array(rows.map { describe($0, now: now) })] }

    private struct Row {
        var id: String
        var name: String
        var price = "0"
        var days: Int
        var context: Int
        var seesImages = false
        var takesTools = true
    }

    private static let rows = [
        Row(id: "acme/llama-70b-instruct:free", name: "Acme: Llama 70B (free)", days: 20, context: 131_072),
        Row(id: "acme/pixel-12b:free", name: "Acme: Pixel 12B (free)", days: 40, context: 32_768, seesImages: true),
        Row(id: "zero/priced-30b", name: "Zero: Priced 30B", days: 5, context: 65_536),
        Row(id: "tiny/mini-1b:free", name: "Tiny: Mini 1B (free)", days: 30, context: 8192),
        Row(id: "mute/words-22b:free", name: "Mute: Words 22B (free)", days: 30, context: 16_384, takesTools: false),
        Row(id: "old/ancient-7b:free", name: "Old: Ancient 7B (free)", days: 900, context: 4096),
        Row(id: "paid/big-405b", name: "Paid: Big 405B", price: "0.000008", days: 10, context: 200_000),
    ]

    private static func describe(_ row: Row, now: Int) -> JSONValue {
        let input: [JSONValue] = row.seesImages ? ["text", "image"] : ["text"]
        let parameters: [JSONValue] = row.takesTools ? ["max_tokens", "tools", "tool_choice"] : ["max_tokens"]
        return [
            "id": .string(row.id), "name": .string(row.name), "created": .integer(now - row.days * 86_400),
            "context_length": .integer(row.context),
            "architecture": ["input_modalities": .array(input), "output_modalities": ["text"]],
            "pricing": ["prompt": .string(row.price), "completion": .string(row.price)],
            "supported_parameters": .array(parameters),
        ]
    }
}
