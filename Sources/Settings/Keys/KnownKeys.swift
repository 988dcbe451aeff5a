// SPDX-License-Identifier: Apache-2.0
import Credentials
package import Documents

/// Every key of the configuration that has a meaning, once: the reader takes its lists from here, and so do the
/// commands that edit, check, complete and hide values.
package enum KnownKeys {
    /// In the order of the documentation.
    package static let all: [KnownKey] = gateway + models + agents + auth + rest

    private static let gateway: [KnownKey] =
        [
            KnownKey("gateway", .object),
            KnownKey("gateway.port", .number, .atStart),
            KnownKey("gateway.bind", .text, .atStart),
            KnownKey("gateway.allowPlainRemote", .boolean, .atStart),
            KnownKey("gateway.auth", .object),
            KnownKey("gateway.auth.token", .secret),
            KnownKey("gateway.auth.mode", .any, .none),
            KnownKey("gateway.allowedHosts", .list),
            KnownKey("gateway.allowedHosts[]", .text),
            KnownKey("gateway.proxy", .text),
            KnownKey("gateway.limits", .object),
            KnownKey("gateway.deadlines", .object),
            KnownKey("gateway.mode", .any, .none),
            KnownKey("gateway.token", .misplaced("gateway.auth.token"), .none),
        ]
        + numbers(
            "gateway.limits",
            [
                "maxHeadBytes", "maxBodyBytes", "maxAttempts", "maxConnections", "minBodyBytesPerSecond",
                "maxWaitSeconds",
            ])
        + numbers(
            "gateway.deadlines",
            ["headSeconds", "connectSeconds", "firstTokenSeconds", "idleSeconds", "totalSeconds", "drainSeconds"])

    private static let models: [KnownKey] = [
        KnownKey("models", .object),
        KnownKey("models.mode", .any, .none),
        KnownKey("models.providers", .map),
        KnownKey("models.providers.*", .object),
        KnownKey("models.providers.*.baseUrl", .text),
        KnownKey("models.providers.*.api", .text),
        KnownKey("models.providers.*.apiKey", .secret),
        KnownKey("models.providers.*.apiKey.source", .text),
        KnownKey("models.providers.*.apiKey.provider", .text),
        KnownKey("models.providers.*.apiKey.id", .text),
        KnownKey("models.providers.*.auth", .text),
        KnownKey("models.providers.*.headers", .map),
        KnownKey("models.providers.*.headers.*", .secret),
        KnownKey("models.providers.*.models", .list),
        KnownKey("models.providers.*.models[]", .any),
        KnownKey("models.providers.*.models[].id", .text),
        KnownKey("models.providers.*.models[].name", .text),
        KnownKey("models.providers.*.models[].contextWindow", .number),
        KnownKey("models.providers.*.models[].maxTokens", .number),
        KnownKey("models.providers.*.models[].input", .list),
        KnownKey("models.providers.*.models[].input[]", .text),
        KnownKey("models.providers.*.models[].reasoning", .any, .none),
        KnownKey("models.providers.*.models[].cost", .map, .none),
        KnownKey("models.providers.*.models[].cost.*", .any, .none),
        KnownKey("models.providers.*.caFile", .text),
    ]

    private static let agents: [KnownKey] =
        [KnownKey("agents", .object), KnownKey("agents.defaults", .object)]
        + preference("agents.defaults.model") + preference("agents.defaults.imageModel")
        + [
            KnownKey("agents.defaults.models", .map),
            KnownKey("agents.defaults.models.*", .object),
            KnownKey("agents.defaults.models.*.alias", .text),
            KnownKey("agents.list", .list),
            KnownKey("agents.list[]", .object),
            KnownKey("agents.list[].id", .text),
            KnownKey("agents.list[].name", .text),
            KnownKey("agents.list[].default", .boolean),
            KnownKey("agents.list[].agentDir", .text),
            KnownKey("agents.list[].workspace", .text),
            KnownKey("agents.list[].auth", .object),
            KnownKey("agents.list[].auth.inherit", .boolean),
        ] + preference("agents.list[].model")

    private static let auth: [KnownKey] =
        [
            KnownKey("auth", .object),
            KnownKey("auth.profiles", .map),
            KnownKey("auth.profiles.*", .object),
            KnownKey("auth.profiles.*.provider", .text),
            KnownKey("auth.profiles.*.mode", .text),
            KnownKey("auth.profiles.*.email", .text),
            KnownKey("auth.order", .map),
            KnownKey("auth.order.*", .list),
            KnownKey("auth.order.*[]", .text),
            KnownKey("auth.cooldowns", .object),
            KnownKey("auth.cooldowns.billingBackoffHoursByProvider", .map),
            KnownKey("auth.cooldowns.billingBackoffHoursByProvider.*", .number),
            KnownKey("auth.cooldowns.bypassProviders", .list),
            KnownKey("auth.cooldowns.bypassProviders[]", .text),
        ]
        + numbers(
            "auth.cooldowns", ["billingBackoffHours", "billingMaxHours", "failureWindowHours", "cooldownMaxMinutes"])

    private static let rest: [KnownKey] = [
        KnownKey("secrets", .object),
        KnownKey("secrets.providers", .map),
        KnownKey("secrets.providers.*", .object),
        KnownKey("secrets.providers.*.source", .text),
        KnownKey("secrets.providers.*.path", .text),
        KnownKey("secrets.providers.*.mode", .text),
        KnownKey("secrets.providers.*.command", .text),
        KnownKey("secrets.providers.*.args", .list),
        KnownKey("secrets.providers.*.args[]", .text),
        KnownKey("secrets.providers.*.passEnv", .list),
        KnownKey("secrets.providers.*.passEnv[]", .text),
        KnownKey("secrets.providers.*.timeoutMs", .number),
        KnownKey("env", .object),
        KnownKey("env.vars", .map),
        KnownKey("env.vars.*", .secret),
        KnownKey("env.shellEnv", .object),
        KnownKey("env.shellEnv.enabled", .boolean),
        KnownKey("env.shellEnv.timeoutMs", .number),
        KnownKey("meta", .object, .none),
        KnownKey("meta.lastTouchedVersion", .text, .none),
        KnownKey("meta.lastTouchedAt", .text, .none),
        KnownKey("$include", .any),
    ]

    private static func numbers(_ path: String, _ names: [String]) -> [KnownKey] {
        names.map { KnownKey("\(path).\($0)", .number) }
    }

    /// A model that is a text, or an object with what takes its place.
    private static func preference(_ path: String) -> [KnownKey] {
        [
            KnownKey(path, .any), KnownKey("\(path).primary", .text), KnownKey("\(path).fallbacks", .list),
            KnownKey("\(path).fallbacks[]", .text),
        ]
    }

    // MARK: Asking

    /// The names of the keys right under one; `""` for those of the document.
    package static func names(under pattern: String) -> [String] { byParent[pattern] ?? [] }

    private static let byParent: [String: [String]] = {
        var found: [String: [String]] = [:]
        for key in all {
            let dot = key.pattern.utf8.lastIndex(of: UInt8(ascii: "."))
            let name = dot.map { key.pattern[key.pattern.utf8.index(after: $0)...] } ?? key.pattern[...]
            if name.hasSuffix("[]") || name == "*" { continue }
            found[dot.map { String(key.pattern[..<$0]) } ?? "", default: []].append(String(name))
        }
        return found
    }()

    package static func key(at path: DocumentPath) -> KnownKey? { all.first { $0.matches(path) } }

    /// The keys inside a place, itself included.
    package static func keys(below path: DocumentPath) -> [KnownKey] { all.filter { $0.isBelow(path) } }

    /// Where the first key without a meaning stands on a path, and what was probably meant; nil when all have one.
    package static func unknown(on path: DocumentPath) -> (place: DocumentPath, near: String?)? {
        for count in path.steps.indices.map({ $0 + 1 }) {
            let place = path.prefix(count)
            if place.last == .key("$include") || key(at: place) != nil { continue }
            guard let parent = count == 1 ? "" : key(at: place.parent)?.pattern else { return (place, nil) }
            guard case .key(let name) = place.last else { return (place, nil) }
            return (place, Spelling.nearest(to: name, among: names(under: parent)))
        }
        return nil
    }

    /// The path with a meaning that one without is nearly; nil when there is none, or it has one itself.
    package static func meant(by path: DocumentPath) -> DocumentPath? {
        guard let unknown = unknown(on: path), let near = unknown.near else { return nil }
        let steps = unknown.place.parent.steps + [.key(near)] + path.steps[unknown.place.steps.count...]
        let candidate = DocumentPath(steps)
        // One step on the way is right now; the next one may be a slip as well.
        return self.unknown(on: candidate) == nil ? candidate : meant(by: candidate)
    }

    /// Whether a running gateway has to start anew for a change of what is under a path.
    package static func isReadAtStart(_ path: DocumentPath) -> Bool {
        all.contains { $0.effect == .atStart && ($0.isAbove(path) || $0.isBelow(path)) }
    }

    /// Whether what stands there is a credential, or may be one: known, or named like one by people.
    package static func isSecret(_ path: DocumentPath) -> Bool {
        // Where a secret rests is none.
        if key(at: path)?.kind == .text { return false }
        if all.contains(where: { $0.kind == .secret && $0.isAbove(path) }) { return true }
        for (depth, step) in path.steps.enumerated() {
            guard case .key(let name) = step else { continue }
            if let known = key(at: path.prefix(depth + 1)) {
                if case .misplaced(let place) = known.kind { return place.hasSuffix("token") }
                continue
            }
            // env has strings of its own in older files; whatever stands there is a variable.
            if SecretName.isOne(name) || path.steps.first == .key("env") { return true }
        }
        return false
    }
}
