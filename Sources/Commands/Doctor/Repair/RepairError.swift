// SPDX-License-Identifier: Apache-2.0
import Credentials

/// Why something was not repaired, or not taken back.
enum RepairError: ActionableError, Equatable {
    /// - The path, and why.
    case refused(String, String)
    case changedMeanwhile(String)
    case needsYes
    case noBackup(String)
    /// - The error, how many changes are made, and the backup set.
    case stopped(Advice, ExitStatus, made: Int, set: String)
    /// Found before anything was taken back: the path, and why.
    case unreachable(String, Advice, ExitStatus)
    /// - The error, and the paths that are as they were before the repair, and those that are not.
    case halfway(Advice, ExitStatus, restored: [String], left: [String])
    case notAsWritten(String)
    case badManifest(String)
    case newerManifest(String, version: Int64)

    var exitCode: ExitStatus {
        switch self {
        case .refused, .notAsWritten, .badManifest, .newerManifest: .badInput
        case .changedMeanwhile: .unavailable
        case .needsYes: .usage
        case .noBackup: .noInput
        case .stopped(_, let status, _, _), .unreachable(_, _, let status), .halfway(_, let status, _, _): status
        }
    }

    private static func list(_ paths: [String]) -> String { paths.isEmpty ? "none" : paths.joined(separator: ", ") }

    private static func folder(of path: String) -> String {
        String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]).shellWord
    }

    var advice: Advice {
        switch self {
        case .refused(let path, let why):
            Advice(
                what: "\(path) was not repaired; nothing was changed.", why: why,
                fix: "Edit the file by hand, then run: \(program) doctor")
        case .changedMeanwhile(let path):
            Advice(
                what: "\(path) was left alone.", why: "It has changed since it was looked at.",
                fix: "Run the command again: \(program) doctor --fix")
        case .needsYes:
            Advice(
                what: "Nothing was changed.", why: "There is no terminal to ask whether that is wanted.",
                fix: "Run: \(program) doctor --fix --yes")
        case .noBackup(let folder):
            Advice(
                what: "There is nothing to take back.", why: "\(folder) holds no backup that was not restored yet.",
                fix: "Backups are made by: \(program) doctor --fix")
        case .stopped(let cause, _, let made, let set):
            Advice(
                what: cause.what,
                why: made == 0
                    ? "\(cause.why) Nothing was changed."
                    : "\(cause.why) \(made) \(made == 1 ? "change was" : "changes were") made.",
                fix: made == 0 ? cause.fix : "To go back (\(set)): \(program) doctor --undo. Or: \(cause.fix)")
        case .unreachable(let path, let cause, _):
            Advice(
                what: "Nothing was taken back: \(path) cannot be written.", why: cause.why,
                fix: "\(cause.fix) Then run: \(program) doctor --undo")
        case .halfway(let cause, _, let restored, let left):
            Advice(
                what: "The repair was taken back in part. Restored: \(Self.list(restored)). Not restored: "
                    + "\(Self.list(left)).",
                why: "\(cause.what) \(cause.why)", fix: "\(cause.fix) Then run: \(program) doctor --undo")
        case .notAsWritten(let path):
            Advice(
                what: "Nothing was taken back: \(path) is not as doctor left it.",
                why: "Somebody has changed it since, and going back would lose that.",
                fix: "Look at the file. To go back all the same: \(program) doctor --undo --force")
        case .badManifest(let path):
            Advice(
                what: "\(path) cannot be read as the list of a backup.",
                why: "Something else is in it. The contents before the repair are beside it, as files named .before.",
                fix: "See them: ls -l \(Self.folder(of: path))")
        case .newerManifest(let path, let version):
            Advice(
                what: "\(path) was written by a newer version of this program.",
                why: "It says version \(version); this program knows version 1.",
                fix: "Go back with that one. The contents before the repair: ls -l \(Self.folder(of: path))")
        }
    }
}
