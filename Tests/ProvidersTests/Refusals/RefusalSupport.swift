// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Providers
import Rotation

let moment = Date(timeIntervalSince1970: 1_800_000_000)

extension RawRefusal {
    init(
        _ status: Int, _ body: String = "", headers: [String: String] = [:], provider: String = "openai",
        model: String = "m"
    ) {
        self.init(status: status, headers: headers, body: Array(body.utf8), provider: provider, model: model)
    }
}

/// An error body in OpenAI's shape.
func errorBody(_ message: String, type: String? = nil, code: String? = nil) -> String {
    let type = type.map { "\"\($0)\"" } ?? "null"
    let code = code.map { "\"\($0)\"" } ?? "null"
    return #"{"error":{"message":\#(message.jsonQuoted),"type":\#(type),"param":null,"code":\#(code)}}"#
}

/// An error body in Anthropic's shape.
func anthropicBody(_ type: String, _ message: String) -> String {
    #"{"type":"error","error":{"type":"\#(type)","message":\#(message.jsonQuoted)},"request_id":"req_1"}"#
}
