// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents

extension SettingsReader {
    mutating func defaultModels(_ element: Element?) -> DefaultModelSettings {
        var settings = DefaultModelSettings()
        let path = "agents.defaults"
        let known = KnownKeys.names(under: path)
        guard let defaults = object(element, at: path, known: known, isOpen: true) else { return settings }
        settings.image = preference(defaults, "imageModel", at: path) ?? ModelPreference()
        if let model = preference(defaults, "model", at: path) {
            settings.primary = model.primary
            settings.fallbacks = model.fallbacks ?? []
        }
        guard let models = object(defaults["models"], at: "\(path).models", known: nil) else { return settings }
        for (reference, entry) in models.members {
            settings.configured.append(reference)
            let place = Self.join("\(path).models", reference)
            guard
                let entry = object(
                    entry, at: place, known: KnownKeys.names(under: "agents.defaults.models.*"), isOpen: true)
            else { continue }
            guard let alias = string(entry, "alias", at: place) else { continue }
            if let other = settings.aliases[alias] {
                note(.init(.error, at: "\(place).alias", is: "is the alias of \(other.escapedForDisplay) too"))
                continue
            }
            settings.aliases[alias] = reference
        }
        return settings
    }

    /// `model` or `imageModel`: a reference, or an object with `primary` and `fallbacks`.
    private mutating func preference(_ object: Element, _ key: String, at path: String) -> ModelPreference? {
        guard let model = object[key], !model.isNull else { return nil }
        if let reference = model.string {
            return reference.trimmed.isEmpty ? nil : ModelPreference(primary: reference.trimmed)
        }
        let place = Self.join(path, key)
        let known = KnownKeys.names(under: "agents.defaults.model")
        guard let both = self.object(model, at: place, known: known) else { return nil }
        let hasFallbacks = both["fallbacks"].map { !$0.isNull } ?? false
        return ModelPreference(
            primary: string(both, "primary", at: place),
            fallbacks: hasFallbacks ? strings(both, "fallbacks", at: place) : nil)
    }

    mutating func agents(_ element: Element?) -> [AgentSettings] {
        guard let agents = object(element, at: "agents", known: KnownKeys.names(under: "agents")) else { return [] }
        guard let list = agents["list"], !list.isNull else { return [] }
        guard list.kind == .array else {
            note(.init(.error, at: "agents.list", is: "is \(list.kind.words)", allowed: "a list of agents"))
            return []
        }
        var found: [AgentSettings] = []
        for (index, entry) in list.elements.enumerated() {
            let path = "agents.list[\(index)]"
            if entry.isNull { note(.init(.warning, at: path, is: "is null, which stands for no agent")) }
            guard let agent = agent(entry, at: path) else { continue }
            if found.contains(where: { $0.id == agent.id }) {
                note(.init(.error, at: "\(path).id", is: "is the id of an earlier agent"))
            } else {
                found.append(agent)
            }
        }
        let defaults = found.filter(\.isDefault)
        if defaults.count > 1 {
            note(
                .init(
                    .warning, at: "agents.list", is: "has several default agents; the first one counts",
                    fix: "Choose one: agenticflow-enterprise agents default \(defaults[0].id)"))
        }
        return found
    }

    private mutating func agent(_ element: Element, at path: String) -> AgentSettings? {
        let known = KnownKeys.names(under: "agents.list[]")
        guard let object = object(element, at: path, known: known, isOpen: true) else { return nil }
        guard let text = string(object, "id", at: path), let id = AgentID(text) else {
            note(.init(.error, at: "\(path).id", is: "is no agent id", allowed: "letters, digits, '_' and '-'"))
            return nil
        }
        var agent = AgentSettings(id: id, directoryPath: "\(path).agentDir")
        agent.isDefault = boolean(object, "default", at: path, default: false)
        agent.directory = string(object, "agentDir", at: path)
        agent.name = string(object, "name", at: path)
        agent.workspace = string(object, "workspace", at: path)
        agent.model = preference(object, "model", at: path)
        if let auth = self.object(
            object["auth"], at: "\(path).auth", known: KnownKeys.names(under: "agents.list[].auth"))
        {
            agent.inheritsProfiles = boolean(auth, "inherit", at: "\(path).auth", default: true)
        }
        return agent
    }
}
