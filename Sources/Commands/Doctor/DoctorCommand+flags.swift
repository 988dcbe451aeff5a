// SPDX-License-Identifier: Apache-2.0
import Credentials
import Settings

/// Which flags go together.
extension DoctorCommand {
    private var chosenModes: [String] {
        [("--lint", lint), ("--fix", fix), ("--undo", undo), ("--generate-gateway-token", generateGatewayToken)]
            .filter(\.1).map(\.0)
    }

    func checkModes() throws(UsageError) {
        let chosen = chosenModes
        guard let mode = chosen.first else { return }
        if chosen.count > 1 {
            throw UsageError(
                what: "Choose one of \(chosen.joined(separator: " and ")).", why: "Each is a way to go of its own.",
                fix: "Run: \(program) doctor \(mode)")
        }
        if json, !lint {
            throw UsageError(
                what: "\(mode) does not print JSON.", why: "It changes something; --json is for what is found.",
                fix: "Run: \(program) doctor --json")
        }
        if undo || generateGatewayToken, allowExec {
            throw UsageError(
                what: "--allow-exec is for a report; \(mode) makes none.", why: "It asks no program for a secret.",
                fix: "Run: \(program) doctor \(mode)")
        }
        if let both = only.first(where: skip.contains) {
            throw UsageError(
                what: "--only and --skip both name \(both).", why: "One asks for the check, the other leaves it out.",
                fix: "Run: \(program) doctor --only \(both)")
        }
        if undo || generateGatewayToken, !(only + skip).isEmpty {
            throw UsageError(
                what: "--only and --skip choose checks; \(mode) makes none.", why: "It repeats no check.",
                fix: "Run: \(program) doctor \(mode)")
        }
    }

    func checkCompanions() throws(UsageError) {
        let companions: [(flag: String, isGiven: Bool, mode: String, isChosen: Bool, words: String)] = [
            ("--dry-run", dryRun, "--fix", fix, "--fix --dry-run"),
            ("--force", force, "--undo or --fix", undo || repairs, "--undo --force"),
            ("--all", all, "--lint", lint, "--lint --all"),
            ("--severity-min", severityMin != nil, "--lint", lint, "--lint --severity-min error"),
        ]
        for row in companions where row.isGiven && !row.isChosen {
            throw UsageError(
                what: "\(row.flag) goes with \(row.mode).", why: "It has no meaning without it.",
                fix: "Run: \(program) doctor \(row.words)")
        }
        if yes, lint || json {
            throw UsageError(
                what: "--yes makes repairs, and \(lint ? "--lint" : "--json") only looks.",
                why: "Both cannot be meant.",
                fix: "Run: \(program) doctor --yes")
        }
        guard yes, dryRun else { return }
        throw UsageError(
            what: "Choose either --yes or --dry-run, not both.", why: "--dry-run changes nothing, so nothing is asked.",
            fix: "Run: \(program) doctor --fix --dry-run")
    }

    static func check(_ word: String, among known: [String], _ kind: String, option: String) throws(UsageError) {
        if known.contains(word) { return }
        let near = Spelling.nearest(to: word, among: known)
        let isShort = known.count <= 5
        throw UsageError(
            what: "There is no \(kind) \"\(word.prefix(64).escapedForDisplay)\"."
                + (near.map { " Did you mean \($0)?" } ?? ""),
            why: isShort
                ? "\(option) takes \(known.joined(separator: ", "))." : "Every id is in docs/gateway/doctor.md.",
            fix: near.map { "Run: \(program) doctor \(isShort ? "--lint " : "")\(option) \($0)" }
                ?? (isShort
                    ? "Run: \(program) doctor --lint \(option) \(known.last ?? "")"
                    : "See those that were found: \(program) doctor --json"))
    }
}
