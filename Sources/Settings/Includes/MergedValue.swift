// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents

/// A value of the configuration with what it includes, and the file it is from: -1 for the configuration itself.
indirect enum MergedValue {
    case scalar(String, file: Int)
    case list([MergedValue], file: Int)
    /// Repeated keys of one file stay, so that they are reported.
    case object([(key: String, value: MergedValue)], file: Int)

    var isObject: Bool { if case .object = self { true } else { false } }

    var file: Int {
        switch self {
        case .scalar(_, let file), .list(_, let file), .object(_, let file): file
        }
    }

    /// Objects merge, lists are joined; anything else of the later one takes the place of the earlier one.
    func merged(with later: MergedValue) -> MergedValue {
        switch (self, later) {
        case (.list(let first, _), .list(let second, let file)): return .list(first + second, file: file)
        case (.object(var members, _), .object(let others, let file)):
            for (key, value) in others {
                if let index = members.lastIndex(where: { $0.key == key }) {
                    members[index].value = members[index].value.merged(with: value)
                } else {
                    members.append((key, value))
                }
            }
            return .object(members, file: file)
        default: return later
        }
    }

    /// JSON5 that says the same; every value is spelled as in its own file.
    func write(to text: inout String, at path: DocumentPath, _ origins: inout SettingsOrigins) {
        origins.note(path, shown: path.description.escapedForDisplay, from: file)
        switch self {
        case .scalar(let source, _): text += source
        case .list(let elements, _):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += ",\n" }
                element.write(to: &text, at: path.appending(.index(index)), &origins)
            }
            text += "]"
        case .object(let members, _):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += ",\n" }
                text += Literal.string(member.key).compact + ": "
                member.value.write(to: &text, at: path.appending(.key(member.key)), &origins)
            }
            text += "}"
        }
    }
}
