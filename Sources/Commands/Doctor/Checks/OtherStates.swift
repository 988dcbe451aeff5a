// SPDX-License-Identifier: Apache-2.0
import Credentials
import SafeFiles
import Settings

#if canImport(Glibc)
    import Glibc
#endif

/// State directories besides the one in use: in this home, and in those of other users as far as they show.
struct OtherStates {
    private let survey: Survey
    private(set) var findings: [Finding] = []
    /// A machine with more homes than this has a person who knows them.
    private static let homesLookedAt = 200

    init(_ survey: Survey) {
        self.survey = survey
        let own = survey.context.environment["HOME"]?.trimmed ?? Account.home
        var homes = [own].compactMap { $0 }.filter { $0.hasPrefix("/") && $0 != "/" }
        for folder in survey.context.homes {
            homes += Survey.names(in: folder).prefix(Self.homesLookedAt).map { "\(folder)/\($0)" }
        }
        var seen: Set<UInt64> = [FileStatus(of: survey.layout.state)?.inode ?? 0]
        for home in homes { look(in: home, isOwn: home == own, &seen) }
    }

    /// A home that may be entered and not listed shows the usual name all the same.
    private mutating func look(in home: String, isOwn: Bool, _ seen: inout Set<UInt64>) {
        let name = ".\(program)"
        let named = Survey.names(in: home).filter { $0.hasPrefix("\(name)-") }
        for name in [name] + named {
            let path = "\(home)/\(name)"
            guard path != survey.layout.state, let status = FileStatus(of: path), status.kind == .folder,
                seen.insert(status.inode).inserted
            else { continue }
            add(path, status, isOwn: isOwn, instance: String(name.dropFirst(".\(program)-".count)))
        }
    }

    private mutating func add(_ path: String, _ status: FileStatus, isOwn: Bool, instance: String) {
        var why = "Its credentials and its gateway are not those of this command."
        let fix: String
        if !status.isOurs {
            let user = Account.name(of: status.owner) ?? "user \(status.owner)"
            why = "It is \(user)'s. \(why)"
            fix = "To look at it, run as \(user): \(program) doctor"
        } else if !isOwn {
            fix = "To look at it: AGENTICFLOW_STATE_DIR=\(survey.context.typed(path)) \(program) doctor"
        } else if instance.isEmpty {
            fix = "To look at it: env -u AGENTICFLOW_STATE_DIR -u AGENTICFLOW_PROFILE \(program) doctor"
        } else {
            fix = "To look at it: \(program) --profile \(instance) doctor"
        }
        findings.append(
            Finding(
                .otherStateDir, "There is another state directory: \(survey.shown(path)).", why: why, fix: fix,
                path: path))
    }
}
