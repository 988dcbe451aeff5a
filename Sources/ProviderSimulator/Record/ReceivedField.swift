// SPDX-License-Identifier: Apache-2.0

/// One header field as the record shows it: credentials are masked to their label.
package struct ReceivedField: Hashable, Sendable {
    /// In lower case.
    package var name: String
    package var value: String

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
