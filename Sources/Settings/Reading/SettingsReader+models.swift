// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents

extension SettingsReader {
    mutating func providers(_ element: Element?) -> [ProviderID: ProviderSettings] {
        guard let models = object(element, at: "models", known: KnownKeys.names(under: "models")) else { return [:] }
        guard let all = object(models["providers"], at: "models.providers", known: nil) else { return [:] }
        var found: [ProviderID: ProviderSettings] = [:]
        for (key, value) in all.members {
            let path = Self.join("models.providers", key)
            guard let id = ProviderID(key) else {
                note(.init(.error, at: path, is: "is no provider id", allowed: "letters, digits, '.', '_' and '-'"))
                continue
            }
            if found[id] != nil {
                note(.init(.warning, at: path, is: "names \(id) once more; the last one counts"))
            }
            if let provider = provider(value, at: path) { found[id] = provider }
        }
        return found
    }

    private mutating func provider(_ element: Element, at path: String) -> ProviderSettings? {
        let known = KnownKeys.names(under: "models.providers.*")
        guard let object = object(element, at: path, known: known) else { return nil }
        var provider = ProviderSettings()
        do throws(BaseURL.Refusal) { provider.baseURL = try baseURL(object, at: path) } catch {
            provider.addressFlaw = error.problem
        }
        provider.api = choice(object, "api", at: path, ConfiguredAPI.self)
        provider.auth = choice(object, "auth", at: path, ConfiguredAuth.self)
        provider.apiKey = secretOrReference(object, "apiKey", at: path)
        provider.caFile = string(object, "caFile", at: path)
        provider.headers = headers(object, at: "\(path).headers")
        provider.models = models(object, at: "\(path).models")
        return provider
    }

    /// Nil when there is none.
    private mutating func baseURL(_ object: Element, at path: String) throws(BaseURL.Refusal) -> String? {
        guard let element = object["baseUrl"], !element.isNull else { return nil }
        guard let text = string(object, "baseUrl", at: path) else {
            throw BaseURL.Refusal(problem: element.string == nil ? "is \(element.kind.words)" : "is blank")
        }
        do throws(BaseURL.Refusal) { return try BaseURL(text).text } catch {
            note(.init(.error, at: "\(path).baseUrl", is: error.problem, allowed: BaseURL.allowed))
            throw error
        }
    }

    private mutating func choice<Value: RawRepresentable & CaseIterable>(
        _ object: Element, _ key: String, at path: String, _: Value.Type
    ) -> Value? where Value.RawValue == String {
        guard let text = string(object, key, at: path) else { return nil }
        if let value = Value(rawValue: text.lowercased()) { return value }
        let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
        note(.init(.error, at: Self.join(path, key), is: "is none of the words that have a meaning", allowed: words))
        return nil
    }

    private mutating func headers(_ object: Element, at path: String) -> [ConfiguredHeader] {
        guard let headers = self.object(object["headers"], at: path, known: nil) else { return [] }
        var found: [ConfiguredHeader] = []
        for (key, value) in headers.members {
            let name = key.lowercased()
            let place = Self.join(path, key)
            guard Self.isFieldName(name), !Self.ownHeaders.contains(name) else {
                note(
                    .init(
                        .error, at: place, is: "cannot be set",
                        allowed: "a header that is neither ours nor part of the framing"))
                continue
            }
            guard let text = headerValue(value, at: place) else { continue }
            found.removeAll { $0.name == name }
            found.append(ConfiguredHeader(name: name, value: Secret(text)))
        }
        return found
    }

    /// As it stands in the file: variables are for the fields of credentials alone.
    private mutating func headerValue(_ element: Element, at place: String) -> String? {
        guard let text = element.string?.trimmed else {
            note(.init(.error, at: place, is: "is \(element.kind.words)", allowed: "text"))
            return nil
        }
        guard !ExpandedText.refersToVariable(text) else {
            note(
                .init(
                    .error, at: place, is: "refers to a variable: variables are not expanded in headers",
                    allowed: "${NAME} in apiKey and gateway.auth.token"))
            return nil
        }
        guard !text.isEmpty, text.utf8.allSatisfy({ $0.isVisibleASCII || $0 == UInt8(ascii: " ") }) else {
            note(.init(.error, at: place, is: "is blank, or holds a character that no header can carry"))
            return nil
        }
        return text
    }

    private static func isFieldName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0.isASCIILetterOrDigit || "!#$%&'*+-.^_`|~".utf8.contains($0) }
    }

    /// Framing, and what carries credentials: a fixed value there would break or replace them.
    private static let ownHeaders: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "te", "trailer", "upgrade", "expect", "keep-alive",
        "authorization", "x-api-key", "proxy-authorization", "proxy-connection", "cookie", "user-agent",
        "accept-encoding",
    ]

    private mutating func models(_ object: Element, at path: String) -> [ConfiguredModel] {
        guard let list = object["models"], !list.isNull else { return [] }
        guard list.kind == .array else {
            note(.init(.error, at: path, is: "is \(list.kind.words)", allowed: "a list of models"))
            return []
        }
        return list.elements.enumerated().compactMap { index, entry in
            if let id = entry.string?.trimmed, !id.isEmpty { return ConfiguredModel(id: id) }
            let place = "\(path)[\(index)]"
            if entry.isNull { note(.init(.warning, at: place, is: "is null, which stands for no model")) }
            // Other programs keep prices and abilities here: every key is let through.
            let known = KnownKeys.names(under: "models.providers.*.models[]")
            guard let model = self.object(entry, at: place, known: known, isOpen: true) else { return nil }
            guard let id = string(model, "id", at: place) else {
                note(.init(.error, at: "\(place).id", is: "is missing", allowed: "the model's id"))
                return nil
            }
            return ConfiguredModel(
                id: id, name: string(model, "name", at: place),
                contextWindow: tokens(model, "contextWindow", at: place),
                maximumAnswerTokens: tokens(model, "maxTokens", at: place), input: strings(model, "input", at: place))
        }
    }

    /// Other programs write these, some of them as 0 for "not known".
    private mutating func tokens(_ object: Element, _ key: String, at path: String) -> Int? {
        let count = integer(object, key, at: path, in: 0...Self.mostTokens, default: 0)
        return count > 0 ? count : nil
    }

    private static let mostTokens = 1_000_000_000
}
