// SPDX-License-Identifier: Apache-2.0

/// The parts of a provider's JSON that say something about the state of an answer. All dialects share one map: no name
/// means different things at the same place, except `message`, whose JSON type tells which one it is.
enum PayloadPlace: UInt8 {
    case elsewhere, top, choices, choice, delta, block, message, response, item, usage, usageDetails, error
}

enum PayloadField: UInt8 {
    case none
    /// Containers to look into.
    case choices, delta, block, message, response, item, usage, usageDetails, error
    /// What the answer shows its reader: any value that is not empty counts.
    case output
    case type, blockType, itemType, stopReason, finishReason, choiceIndex
    case inputTokens, outputTokens, cacheRead, cacheWrite
    case errorType, errorCode

    /// Whether the value's text is needed if it is a string.
    var wantsText: Bool {
        switch self {
        case .type, .blockType, .itemType, .stopReason, .error, .message, .errorType, .errorCode: true
        default: false
        }
    }

    /// The place inside this field's container.
    func place(isObject: Bool) -> PayloadPlace {
        switch self {
        case .choices: isObject ? .elsewhere : .choices
        case .delta where isObject: .delta
        case .block where isObject: .block
        case .message where isObject: .message
        case .response where isObject: .response
        case .item where isObject: .item
        case .usage where isObject: .usage
        case .usageDetails where isObject: .usageDetails
        case .error where isObject: .error
        default: .elsewhere
        }
    }

    /// - Parameter isCommitted: after the commit nobody asks for output any more.
    @inline(__always)
    init(_ name: ShortText, in place: PayloadPlace, isCommitted: Bool) {
        switch place {
        case .top: self = Self.top(name, isCommitted)
        case .choice: self = Self.choice(name, isCommitted)
        case .delta: self = Self.delta(name)
        case .usage: self = Self.usage(name)
        default: self = Self.inner(name, place)
        }
    }

    private static func top(_ name: ShortText, _ isCommitted: Bool) -> Self {
        switch name.count {
        case 4:
            if name == ShortText("type") { return .type }
            if name == ShortText("item") { return isCommitted ? .none : .item }
            return name == ShortText("code") ? .errorCode : .none
        case 5:
            if name == ShortText("delta") { return .delta }
            if name == ShortText("usage") { return .usage }
            return name == ShortText("error") ? .error : .none
        case 7:
            if name == ShortText("choices") { return .choices }
            return name == ShortText("message") ? .message : .none
        case 8: return name == ShortText("response") ? .response : .none
        case 13: return !isCommitted && name == ShortText("content_block") ? .block : .none
        default: return .none
        }
    }

    private static func choice(_ name: ShortText, _ isCommitted: Bool) -> Self {
        if name == ShortText("finish_reason") { return .finishReason }
        if name == ShortText("index") { return .choiceIndex }
        return !isCommitted && name == ShortText("delta") ? .delta : .none
    }

    private static func delta(_ name: ShortText) -> Self {
        switch name.count {
        case 4: name == ShortText("text") ? .output : .none
        case 7: name == ShortText("content") || name == ShortText("refusal") ? .output : .none
        case 8: name == ShortText("thinking") ? .output : .none
        case 9: name == ShortText("reasoning") ? .output : .none
        case 10: name == ShortText("tool_calls") ? .output : .none
        case 11: name == ShortText("stop_reason") ? .stopReason : .none
        case 12: name == ShortText("partial_json") ? .output : .none
        case 13: name == ShortText("function_call") ? .output : .none
        case 17: name == ShortText("reasoning_content") ? .output : .none
        default: .none
        }
    }

    private static func usage(_ name: ShortText) -> Self {
        switch name.count {
        case 12: name == ShortText("input_tokens") ? .inputTokens : .none
        case 13:
            name == ShortText("prompt_tokens")
                ? .inputTokens : name == ShortText("output_tokens") ? .outputTokens : .none
        case 17: name == ShortText("completion_tokens") ? .outputTokens : .none
        case 20: name == ShortText("input_tokens_details") ? .usageDetails : .none
        case 21: name == ShortText("prompt_tokens_details") ? .usageDetails : .none
        case 23: name == ShortText("cache_read_input_tokens") ? .cacheRead : .none
        case 27: name == ShortText("cache_creation_input_tokens") ? .cacheWrite : .none
        default: .none
        }
    }

    private static func inner(_ name: ShortText, _ place: PayloadPlace) -> Self {
        switch place {
        case .error:
            if name == ShortText("type") { return .errorType }
            if name == ShortText("code") { return .errorCode }
            return name == ShortText("message") ? .message : .none
        case .block:
            if name == ShortText("type") { return .blockType }
            return name == ShortText("text") || name == ShortText("thinking") ? .output : .none
        case .item: return name == ShortText("type") ? .itemType : .none
        case .message: return name == ShortText("usage") ? .usage : .none
        case .response:
            if name == ShortText("usage") { return .usage }
            return name == ShortText("error") ? .error : .none
        case .usageDetails:
            if name == ShortText("cached_tokens") { return .cacheRead }
            return name == ShortText("cache_write_tokens") ? .cacheWrite : .none
        default: return .none
        }
    }
}
