// SPDX-License-Identifier: Apache-2.0

extension ToolUse {
    /// What the last user's text has to mention.
    private static let cue = "use the tool"

    /// The tool that the answer calls: the request must offer one, and demand it or have its last turn mention it.
    init?(_ request: JSONValue, endpoint: ProviderEndpoint) {
        let tools = (request["tools"]?.elements ?? []).compactMap(Self.offered)
        guard !tools.isEmpty else { return nil }
        let demand = Demand(request["tool_choice"])
        switch demand {
        case .none: return nil
        case .named(let name):
            let schema = tools.first { $0.name == name }?.schema
            self.init(name: name, input: Self.example(schema), isForced: true)
        case .any: self.init(name: tools[0].name, input: Self.example(tools[0].schema), isForced: true)
        case .free:
            guard Self.lastTurn(request, endpoint).lowercased().holds(Self.cue) else { return nil }
            self.init(name: tools[0].name, input: Self.example(tools[0].schema), isForced: false)
        }
    }

    private enum Demand {
        case free, any, none
        case named(String)

        /// Anthropic's object, and OpenAI's word or object in both of its shapes.
        init(_ choice: JSONValue?) {
            let name = choice?["name"]?.string ?? choice?["function"]?["name"]?.string
            switch (choice?["type"]?.string ?? choice?.string, name) {
            case (_, let name?): self = .named(name)
            case ("any", _), ("required", _): self = .any
            case ("none", _): self = .none
            default: self = .free
            }
        }
    }

    private static func offered(_ tool: JSONValue) -> (name: String, schema: JSONValue?)? {
        let function = tool["function"] ?? tool
        guard let name = function["name"]?.string else { return nil }
        return (name, function["input_schema"] ?? function["parameters"])
    }

    /// The text of the last turn, when it is a user's: after a tool's result the cue has been heard.
    private static func lastTurn(_ request: JSONValue, _ endpoint: ProviderEndpoint) -> String {
        if endpoint == .responses, let text = request["input"]?.string { return text }
        let turns = request[endpoint == .responses ? "input" : "messages"]?.elements
        guard let turn = turns?.last, turn["role"]?.string == "user" else { return "" }
        if let text = turn["content"]?.string { return text }
        return (turn["content"]?.elements ?? []).compactMap { $0["text"]?.string }.joined(separator: " ")
    }

    /// Arguments that fit the schema's required properties.
    private static func example(_ schema: JSONValue?) -> JSONValue {
        let required = (schema?["required"]?.elements ?? []).compactMap(\.string)
        return .object(required.map { JSONValue.Member($0, value(schema?["properties"]?[$0])) })
    }

    private static func value(_ schema: JSONValue?) -> JSONValue {
        if let first = schema?["enum"]?.elements?.first { return first }
        switch schema?["type"]?.string {
        case "integer", "number": return 1
        case "boolean": return true
        case "array": return []
        case "object": return example(schema)
        default: return "simulated"
        }
    }
}
