// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import FoundationEssentials
import Rotation

/// One line of the health journal: the whole health of one credential, which replaces what earlier lines said.
struct HealthLine: Equatable {
    var key: HealthKey
    var health: Health

    init(_ key: HealthKey, _ health: Health) {
        self.key = key
        self.health = health
    }

    /// - Parameter line: without its line break. Nil for a line that was cut short or that this version does not know.
    init?(_ line: ArraySlice<UInt8>) {
        // A cut line is the normal trace of a crash; the reader goes on with the next.
        guard let root = try? Document(Array(line), as: .json, maximumDepth: 8).root, root["v"]?.integer == 1,
            let id = root["id"]?.string.flatMap({ ProfileID($0) }),
            let owner = root["agent"]?.string.flatMap({ AgentID($0) })
        else { return nil }
        key = HealthKey(owner: owner, id: id)
        health = Health()
        health.lastUsed = Self.instant(root["lastUsed"])
        health.lastFailure = Self.instant(root["lastFailure"])
        for (name, count) in root["streaks"]?.members ?? [] {
            if let lane = Lane(rawValue: name), let count = count.integer, count > 0 {
                health.streaks[lane] = Int(min(count, Health.longestStreak))
            }
        }
        health.windows = root["windows"]?.elements.compactMap(Self.window) ?? []
    }

    var text: String {
        var members = [
            Literal.Member("v", .integer(1)), .init("id", .string(key.id.text)),
            .init("agent", .string(key.owner.text)),
        ]
        if let lastUsed = health.lastUsed { members.append(.init("lastUsed", Self.number(lastUsed))) }
        if let lastFailure = health.lastFailure { members.append(.init("lastFailure", Self.number(lastFailure))) }
        if !health.streaks.isEmpty {
            let counts = health.streaks.sorted { $0.key.rawValue < $1.key.rawValue }
            members.append(.init("streaks", .object(counts.map { .init($0.key.rawValue, .integer(Int64($0.value))) })))
        }
        if !health.windows.isEmpty { members.append(.init("windows", .array(health.windows.map(Self.literal)))) }
        return Literal.object(members).compact
    }

    // MARK: Windows

    private static func literal(_ window: Window) -> Literal {
        var members = [Literal.Member("reason", .string(window.reason.rawValue))]
        if case .model(let model) = window.scope { members.append(.init("model", .string(model))) }
        members += [
            .init("since", number(window.since)), .init("until", number(window.until)),
            .init("origin", .string(window.evidence.origin.rawValue)), .init("evidence", .string(window.evidence.text)),
        ]
        return .object(members)
    }

    private static func window(_ element: Element) -> Window? {
        guard let reason = element["reason"]?.string.flatMap({ FailureReason(rawValue: $0) }),
            let since = instant(element["since"]), let until = instant(element["until"])
        else { return nil }
        let origin = element["origin"]?.string.flatMap { Evidence.Origin(rawValue: $0) } ?? .ladder
        return Window(
            reason: reason, scope: element["model"]?.string.map { .model($0) } ?? .profile, since: since, until: until,
            evidence: Evidence(origin: origin, text: element["evidence"]?.string ?? ""))
    }

    /// Seconds since 1970 with microseconds: the order of use depends on them.
    private static func number(_ date: Date) -> Literal {
        .number((date.timeIntervalSince1970 * 1e6).rounded() / 1e6)
    }

    /// Nil for what is no moment between 1970 and the last one that the store knows, too.
    private static func instant(_ element: Element?) -> Date? {
        guard let seconds = element?.double, seconds >= 0, seconds <= 8_640_000_000_000 else { return nil }
        return Date(timeIntervalSince1970: seconds)
    }
}
