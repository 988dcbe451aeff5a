// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents

/// One thing that a check has found.
struct Finding: Hashable, Sendable {
    var id: CheckID
    /// One sentence each; `fix` names the command to type. Never a secret.
    var what: String
    var why: String
    var fix: String
    var path: String?
    var profile: String?
    var provider: String?
    var agent: String?
    /// The element of a list that `fix` changes or takes out by its number.
    var listPlace: ListPlace?
    /// What `--fix` would do about it.
    var repair: Repair?

    init(
        _ id: CheckID, _ what: String, why: String, fix: String, path: String? = nil, profile: ProfileID? = nil,
        provider: ProviderID? = nil, agent: AgentID? = nil, listPlace: ListPlace? = nil, repair: Repair? = nil
    ) {
        self.id = id
        self.what = what
        self.why = why
        self.fix = fix
        self.path = path
        self.profile = profile?.text
        self.provider = provider?.text
        self.agent = agent?.text
        self.listPlace = listPlace
        self.repair = repair
    }

    /// Of an error that explains itself.
    init(_ id: CheckID, _ advice: Advice, path: String? = nil) {
        self.init(id, advice.what, why: advice.why, fix: advice.fix, path: path)
    }

    var severity: CheckID.Severity { id.severity }

    /// What comes from the files' own errors names paths as the system does.
    func withShownPaths(_ context: CommandContext) -> Finding {
        var finding = self
        finding.what = context.shown(in: what)
        finding.why = context.shown(in: why)
        finding.fix = context.shown(in: fix)
        return finding
    }

    var json: Literal {
        var members: [Literal.Member] = [
            .init("id", .string(id.rawValue)), .init("severity", .string(severity.rawValue)),
            .init("group", .string(id.group.rawValue.lowercased())), .init("what", .string(what)),
            .init("why", .string(why)), .init("fix", .string(fix)),
        ]
        for (key, value) in [("path", path), ("profile", profile), ("provider", provider), ("agent", agent)] {
            if let value { members.append(.init(key, .string(value))) }
        }
        members.append(.init("repairable", .boolean(repair != nil)))
        return .object(members)
    }
}

/// What `--fix` can do.
enum Repair: Hashable, Sendable {
    case tighten(path: String, to: UInt32)
    case moveGatewayToken
    case makeGatewayToken
    /// Out of `auth.order`.
    case dropOrderEntries(key: String, [String])
    /// Of a login in `auth.profiles`, and where an order of the configuration names it.
    case renameProfileNote(String, to: String)
    /// Out of `auth.profiles`.
    case dropProfileNote(String)
    case removeLeftover(path: String, lock: String)
    /// Those of some providers; what else stands there may be anything.
    case convertFlatStore(folder: String, Set<ProviderID>)
    /// Of an old file with one credential for each provider, into the store of a folder.
    case importOld(file: String, folder: String)

    var changesConfiguration: Bool {
        switch self {
        case .moveGatewayToken, .makeGatewayToken, .dropOrderEntries, .renameProfileNote, .dropProfileNote: true
        default: false
        }
    }
}
