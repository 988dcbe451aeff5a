// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents

extension SettingsReader {
    /// A text, which may hold `${NAME}`; or an object that says where the secret rests.
    mutating func secretOrReference(_ object: Element, _ key: String, at path: String) -> ConfiguredSecret {
        guard let element = object[key], element.kind == .object else { return secret(object, key, at: path) }
        let place = Self.join(path, key)
        checkKeys(of: element, at: place, known: KnownKeys.names(under: "models.providers.*.apiKey"))
        let source = string(element, "source", at: place).flatMap { SecretReference.Source(rawValue: $0) }
        let provider = string(element, "provider", at: place) ?? SecretReference.defaultProvider
        let id = string(element, "id", at: place) ?? ""
        let reference = source.flatMap { SecretReference(source: $0, provider: provider, id: id) }
        if let reference { return .reference(reference) }
        note(
            .init(
                .error, at: place, is: "is no reference",
                allowed: "text, or {source: \"env\", id: \"NAME\"}, {source: \"file\", id: \"/path\"}, "
                    + "{source: \"exec\", provider: \"NAME\", id: \"ID\"}"))
        return .unavailable(missing: [])
    }

    mutating func secrets(_ element: Element?) -> [String: SecretProvider] {
        let path = "secrets.providers"
        guard let secrets = object(element, at: "secrets", known: KnownKeys.names(under: "secrets")),
            let entries = object(secrets["providers"], at: path, known: nil)
        else { return [:] }
        var found: [String: SecretProvider] = [:]
        for (name, entry) in entries.members {
            let place = Self.join(path, name)
            guard SecretReference.isProviderName(name) else {
                note(
                    .init(
                        .error, at: place, is: "is no name",
                        allowed: "a small letter, then small letters, digits, _ and -"))
                continue
            }
            guard let object = object(entry, at: place, known: nil) else { continue }
            found[name] = secretProvider(object, at: place)
        }
        return found
    }

    private mutating func secretProvider(_ object: Element, at path: String) -> SecretProvider? {
        switch string(object, "source", at: path) {
        case "env":
            checkKeys(of: object, at: path, known: ["source"])
            return .env
        case "file":
            checkKeys(of: object, at: path, known: ["source", "path", "mode"])
            return secretFile(object, at: path)
        case "exec":
            checkKeys(of: object, at: path, known: ["source", "command", "args", "passEnv", "timeoutMs"])
            return secretProgram(object, at: path)
        default:
            note(.init(.error, at: "\(path).source", is: "is no source of secrets", allowed: "env, file or exec"))
            return nil
        }
    }

    private mutating func secretFile(_ object: Element, at path: String) -> SecretProvider? {
        guard let file = string(object, "path", at: path), file.hasPrefix("/") || file.hasPrefix("~/") else {
            note(.init(.error, at: "\(path).path", is: "is no path", allowed: "an absolute path, or ~/…"))
            return nil
        }
        switch string(object, "mode", at: path) {
        case "json", nil: return .file(SecretFile(path: file, mode: .json))
        // The second is how a related product spells it.
        case "text", "singleValue": return .file(SecretFile(path: file, mode: .text))
        default:
            note(.init(.error, at: "\(path).mode", is: "is no kind of file", allowed: "json or text"))
            return nil
        }
    }

    private mutating func secretProgram(_ object: Element, at path: String) -> SecretProvider? {
        guard let command = string(object, "command", at: path), command.hasPrefix("/") else {
            note(.init(.error, at: "\(path).command", is: "is no absolute path"))
            return nil
        }
        let variables = strings(object, "passEnv", at: path)
        for name in variables where !name.isVariableName {
            note(.init(.error, at: "\(path).passEnv", is: "names no variable"))
        }
        var program = SecretProgramSettings(
            command: command, arguments: strings(object, "args", at: path),
            passedVariables: variables.filter(\.isVariableName))
        program.timeout =
            duration(object, "timeoutMs", at: path, unit: 0.001, in: 100...5000, default: program.timeout)
            ?? program.timeout
        return .exec(program)
    }
}
