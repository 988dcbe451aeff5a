// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents

extension SettingsReader {
    mutating func auth(_ element: Element?) -> AuthSettings {
        var settings = AuthSettings()
        guard let auth = object(element, at: "auth", known: KnownKeys.names(under: "auth")) else { return settings }
        if let profiles = object(auth["profiles"], at: "auth.profiles", known: nil) {
            settings.profiles = profiles.members.compactMap { profile($0.key, $0.value) }
        }
        if let order = object(auth["order"], at: "auth.order", known: nil) {
            for (key, list) in order.members { readOrder(key, list, into: &settings) }
        }
        settings.cooldowns = cooldowns(auth["cooldowns"])
        return settings
    }

    /// An empty list is an order as well: it selects nothing. One of which nothing can be used is none.
    private mutating func readOrder(_ key: String, _ list: Element, into settings: inout AuthSettings) {
        let path = Self.join("auth.order", key)
        guard let provider = ProviderID(key) else { return note(.init(.error, at: path, is: "is no provider id")) }
        guard !list.isNull else { return }
        // What is wrong is the entry, not the whole order.
        _ = strings(list, at: path)
        let ids = list.elements.enumerated().compactMap { index, entry in
            entry.string.flatMap { $0.trimmed.isEmpty ? nil : profileID($0.trimmed, at: "\(path)[\(index)]") }
        }
        guard !ids.isEmpty || (list.kind == .array && list.elements.isEmpty) else { return }
        if settings.order[provider] != nil {
            note(.init(.warning, at: path, is: "orders \(provider) once more; the last one counts"))
        }
        settings.order[provider] = ids
    }

    private mutating func profileID(_ text: String, at path: String) -> ProfileID? {
        if let id = ProfileID(text) { return id }
        note(.init(.error, at: path, is: "names no profile", allowed: "ids such as anthropic:work"))
        return nil
    }

    private mutating func profile(_ key: String, _ element: Element) -> ConfiguredProfile? {
        let path = Self.join("auth.profiles", key)
        guard let id = profileID(key, at: path),
            let object = object(element, at: path, known: KnownKeys.names(under: "auth.profiles.*"), isOpen: true)
        else { return nil }
        guard let provider = string(object, "provider", at: path).flatMap({ ProviderID($0) }) else {
            note(.init(.error, at: "\(path).provider", is: "is no provider id"))
            return nil
        }
        guard let mode = string(object, "mode", at: path).flatMap({ CredentialKind(rawValue: $0) }) else {
            note(.init(.error, at: "\(path).mode", is: "is no kind of credential", allowed: "api_key, token or oauth"))
            return nil
        }
        return ConfiguredProfile(id: id, provider: provider, mode: mode, email: string(object, "email", at: path))
    }

    private mutating func cooldowns(_ element: Element?) -> CooldownSettings {
        var settings = CooldownSettings()
        let path = "auth.cooldowns"
        guard let object = object(element, at: path, known: KnownKeys.names(under: path)) else { return settings }
        let hours = 0.001...8760.0
        settings.billingBackoff = duration(object, "billingBackoffHours", at: path, unit: 3600, in: hours, default: nil)
        settings.billingMaximum = duration(object, "billingMaxHours", at: path, unit: 3600, in: hours, default: nil)
        settings.failureWindow = duration(object, "failureWindowHours", at: path, unit: 3600, in: hours, default: nil)
        settings.cooldownMaximum = duration(
            object, "cooldownMaxMinutes", at: path, unit: 60, in: 0.01...525_600, default: nil)
        let own = "\(path).billingBackoffHoursByProvider"
        if let byProvider = self.object(object["billingBackoffHoursByProvider"], at: own, known: nil) {
            for (key, _) in byProvider.members {
                guard let provider = ProviderID(key) else { continue }
                settings.billingBackoffByProvider[provider] = duration(
                    byProvider, key, at: own, unit: 3600, in: hours, default: nil)
            }
        }
        settings.bypassProviders = Set(strings(object, "bypassProviders", at: path).compactMap { ProviderID($0) })
        return settings
    }

    mutating func env(_ element: Element?) -> EnvironmentSettings {
        var settings = EnvironmentSettings()
        guard let env = object(element, at: "env", known: nil) else { return settings }
        for (name, value) in env.members where !KnownKeys.names(under: "env").contains(name) {
            if note(outOfPlace: name, value) { settings.misplaced.append(name) }
        }
        if let vars = object(env["vars"], at: "env.vars", known: nil) {
            for (name, value) in vars.members {
                let path = Self.join("env.vars", name)
                guard name.isVariableName else {
                    note(.init(.error, at: path, is: "is no name for a variable"))
                    continue
                }
                guard let text = value.string ?? value.integer.map(String.init) else {
                    note(.init(.error, at: path, is: "is \(value.kind.words)", allowed: "text"))
                    continue
                }
                settings.variables[name] = Secret(text)
            }
        }
        if let shell = object(env["shellEnv"], at: "env.shellEnv", known: KnownKeys.names(under: "env.shellEnv")) {
            settings.shell.isEnabled = boolean(shell, "enabled", at: "env.shellEnv", default: false)
            settings.shell.timeout =
                duration(
                    shell, "timeoutMs", at: "env.shellEnv", unit: 0.001, in: 1...120_000,
                    default: settings.shell.timeout)
                ?? settings.shell.timeout
        }
        return settings
    }

    /// Older programs read variables right under `env`; here they stand under `env.vars`.
    ///
    /// - Returns: whether it is one.
    private mutating func note(outOfPlace name: String, _ value: Element) -> Bool {
        let path = Self.join("env", name)
        let near = Spelling.nearest(to: name, among: KnownKeys.names(under: "env"))
        guard near == nil, name.isVariableName, value.string != nil || value.integer != nil else {
            let guess = near.map { "; did you mean \($0)?" } ?? ""
            note(.init(.info, at: path, is: "is not a key that has a meaning here\(guess)"))
            return false
        }
        note(.init(.warning, at: path, is: Self.outOfPlace, allowed: "env.vars.\(name)"))
        return true
    }

    static let outOfPlace = "has no effect here"
}
