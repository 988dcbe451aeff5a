// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import FoundationEssentials
import Providers
import Rotation

/// `POST /api/v1/credentials/clear`: what is held against credentials is forgotten, at once.
struct ClearRequest: Equatable {
    let keys: [HealthKey]
    let clearance: Clearance
    private static let mostCredentials = 20_000

    struct Fault: Error, Equatable {
        var message: String
    }

    /// - Parameter body: `{"credentials": [{"agent", "profile"}], "model"?, "lanes"?, "notedBefore"?}`.
    init(_ body: [UInt8]) throws(Fault) {
        let root: Element
        do throws(DocumentError) { root = try Document(body, as: .json, maximumDepth: 8).root } catch {
            throw Fault(message: "The body is not JSON: \(error.description)")
        }
        guard root["credentials"]?.kind == .array, let entries = root["credentials"]?.elements,
            entries.count <= Self.mostCredentials
        else { throw Fault(message: "credentials must be a list of at most \(Self.mostCredentials) entries.") }
        var keys: [HealthKey] = []
        for entry in entries { keys.append(try Self.key(entry)) }
        self.keys = keys
        clearance = Clearance(
            model: try Self.text(root["model"], "model"), lanes: try Self.lanes(root["lanes"]),
            notedBefore: try Self.moment(root["notedBefore"]))
    }

    private static func key(_ entry: Element) throws(Fault) -> HealthKey {
        guard let agent = entry["agent"]?.string.flatMap({ AgentID($0) }),
            let profile = entry["profile"]?.string.flatMap({ ProfileID($0) })
        else { throw Fault(message: "Each of credentials must have an agent and a profile.") }
        return HealthKey(owner: agent, id: profile)
    }

    private static func text(_ element: Element?, _ name: String) throws(Fault) -> String? {
        guard let element, !element.isNull else { return nil }
        guard let text = element.string else { throw Fault(message: "\(name) must be a text.") }
        return text
    }

    private static func lanes(_ element: Element?) throws(Fault) -> Set<Lane>? {
        guard let element, !element.isNull else { return nil }
        let lanes = element.elements.map { $0.string.flatMap { Lane(rawValue: $0) } }
        guard element.kind == .array, !lanes.contains(nil) else {
            let known = Lane.allCases.map(\.rawValue).joined(separator: ", ")
            throw Fault(message: "lanes must be a list of: \(known).")
        }
        return Set(lanes.compactMap { $0 })
    }

    private static func moment(_ element: Element?) throws(Fault) -> Date? {
        guard let element, !element.isNull else { return nil }
        guard let milliseconds = element.integer else {
            throw Fault(message: "notedBefore must be milliseconds since 1970.")
        }
        return Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}

/// The answer, and what the log says.
struct ClearReport {
    let cleared: [(key: HealthKey, gone: Forgotten)]

    var json: String {
        let entries = cleared.map { key, gone in
            let windows = gone.windows.map { window in
                "{\"reason\":\"\(window.reason.rawValue)\",\"model\":\(window.scope.modelName?.jsonQuoted ?? "null"),"
                    + "\"until\":\(window.until.milliseconds)}"
            }
            return "{\"agent\":\"\(key.owner)\",\"profile\":\(key.id.text.jsonQuoted),\"failures\":\(gone.failures),"
                + "\"windows\":[\(windows.joined(separator: ","))]}"
        }
        return "{\"cleared\":[\(entries.joined(separator: ","))]}\n"
    }

    /// Ids alone, the first hundred of them.
    var logged: String {
        let shown = cleared.prefix(100).map { "\($0.key.owner)/\($0.key.id)" }.joined(separator: " ")
        return cleared.count > 100 ? "\(shown) and \(cleared.count - 100) more" : shown
    }
}
