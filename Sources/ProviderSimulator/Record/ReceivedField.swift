// SPDX-License-Identifier: Apache-2.0
import NIOHTTP1

/// One header field as the record shows it: credentials are masked to their label.
package struct ReceivedField: Hashable, Sendable {
    /// In lower case.
    package var name: String
    package var value: String

    /// Fields that hold nothing but a credential.
    private static let credentials: Set<String> = [
        "authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie",
    ]
    /// A shorter secret would be found in innocent values.
    private static let shortestSecret = 8

    static func masked(_ headers: HTTPHeaders, secret: String?, label: String, prohibitions: Prohibitions)
        -> [ReceivedField]
    {
        headers.map { name, value in
            let name = name.lowercased()
            guard let secret, secret.utf8.count >= shortestSecret, value.holds(secret) else {
                let isHidden = credentials.contains(name) || prohibitions.isToken(value)
                return ReceivedField(name: name, value: isHidden ? "[masked]" : value)
            }
            if value == secret { return ReceivedField(name: name, value: "[\(label)]") }
            let isBearer = name == "authorization"
            return ReceivedField(name: name, value: isBearer ? "\(value.prefix(6)) [\(label)]" : "[masked]")
        }
    }

    /// An object of names and values; a repeated field's values are joined as RFC 9110 §5.3 has it.
    static func json(_ fields: [ReceivedField]) -> JSONValue {
        var members: [JSONValue.Member] = []
        for field in fields {
            if let index = members.firstIndex(where: { $0.key == field.name }) {
                members[index].value = .string((members[index].value.string ?? "") + ", " + field.value)
            } else {
                members.append(JSONValue.Member(field.name, .string(field.value)))
            }
        }
        return .object(members)
    }
}
