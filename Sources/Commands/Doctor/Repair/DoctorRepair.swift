// SPDX-License-Identifier: Apache-2.0
import Credentials
import SafeFiles
import Settings

/// Shows, makes and takes back repairs.
struct DoctorRepair {
    private let context: CommandContext
    private var terminal: Terminal { context.terminal }

    init(_ context: CommandContext) { self.context = context }

    // MARK: Showing

    func show(_ plan: RepairPlan) {
        terminal.say("")
        terminal.say("Changes:")
        for change in plan.changes { show(change) }
        for (file, copy, found) in plan.stored {
            terminal.say(
                "\(context.shown(file)): \(found.id) is stored already, with "
                    + (found.isSame
                        ? "the same secret; nothing is taken over."
                        : "another secret, which stays; the old one is not taken over, and stays in "
                            + "\(context.shown(copy))."))
        }
        terminal.say("")
    }

    private func show(_ change: PlannedChange) {
        let path = context.shown(change.path)
        let mode = change.modeBefore.map { String($0, radix: 8) } ?? "none"
        switch change.kind {
        case .mode: terminal.say("\(path): mode \(mode) -> \(String(change.modeAfter, radix: 8))")
        case .configuration, .store:
            terminal.say("--- \(change.before == nil ? "/dev/null" : path)")
            terminal.say("+++ \(path)")
            let content: ShownDocument.Content = if case .store = change.kind { .store } else { .configuration }
            let diff = UnifiedDiff(
                ShownDocument.text(of: change.before, as: content), ShownDocument.text(of: change.after, as: content))
            for line in diff.lines { terminal.say(line.escapedForDisplay) }
            if diff.lines.isEmpty { terminal.say("(only masked text differs)") }
        case .other:
            let bytes = (change.after ?? change.before ?? []).count
            terminal.say(
                change.after == nil
                    ? "\(path): removed (\(bytes) bytes; the backup has them)" : "\(path): made (\(bytes) bytes)")
        }
    }

    // MARK: Making

    func make(_ plan: RepairPlan, layout: StateLayout) throws {
        try SafeDirectory.$closesWhatIsOpen.withValue(false) {
            let set = try BackupSet(plan.changes, layout: layout, now: context.now())
            var made = 0
            for change in plan.changes {
                do { try change.make() } catch let error as any ActionableError {
                    if Self.isInPlace(error) { made += 1 }
                    // Else it would stand before the backup of a repair that was made.
                    if made == 0 { set.discardIfUnused() }
                    throw RepairError.stopped(
                        error.advice, error.exitCode, made: made, set: context.shown(set.path))
                }
                made += 1
            }
            BackupSet.prune(layout)
            terminal.say("\(made) \(made == 1 ? "change" : "changes") made. Backup: \(context.shown(set.path))")
            terminal.say("To go back: \(program) doctor --undo")
        }
    }

    /// What could not be synced stands all the same.
    static func isInPlace(_ error: any Error) -> Bool {
        if case .unsynced = (error as? SettingsFileError)?.cause ?? error as? StoreError { true } else { false }
    }

    // MARK: Taking back

    func undo(isForced: Bool) throws {
        let layout = try context.layout()
        try SafeDirectory.$closesWhatIsOpen.withValue(false) {
            let set = try BackupSet.latest(layout)
            // What a repair did not come to, or somebody has put back, is left alone: it need not even be writable.
            let all = try set.entries()
            let entries = all.filter { !$0.isAsBefore }
            // First all are looked at: half a way back is none.
            for entry in entries {
                do throws(StoreError) { try entry.checkReachable() } catch {
                    throw RepairError.unreachable(context.shown(entry.path), error.advice, error.exitCode)
                }
            }
            let foreign = try entries.first { try !$0.isKnown() }
            if let foreign, !isForced { throw RepairError.notAsWritten(context.shown(foreign.path)) }
            if foreign != nil {
                // It may be newer, and the only copy.
                let now = try entries.map { try $0.asItIsNow() }
                let kept = try BackupSet(now, layout: layout, now: context.now())
                terminal.say("What was there until now is kept in \(context.shown(kept.path)).")
            }
            try restore(entries.reversed(), isForced: isForced)
            try set.markUndone(context.now())
            sayRestored(entries, of: all)
            terminal.say("The repair of \(context.shown(set.path)) was taken back.")
        }
    }

    /// Whatever stops it halfway, it is said which files are as before by then, and which are not.
    private func restore(_ entries: [BackupEntry], isForced: Bool) throws {
        for (index, entry) in entries.enumerated() {
            do { try entry.restore(isForced: isForced) } catch let error as any ActionableError {
                let isStanding = entry.isContent && Self.isInPlace(error)
                let all = entries.map { context.shown($0.path) }
                let rest = all[(isStanding ? index + 1 : index)...].removingRepeats
                let done = all[..<(isStanding ? index + 1 : index)].removingRepeats.filter { !rest.contains($0) }
                throw RepairError.halfway(error.advice, error.exitCode, restored: done, left: rest)
            }
        }
    }

    private func sayRestored(_ entries: [BackupEntry], of all: [BackupEntry]) {
        for entry in entries where entry.isContent || !entry.staysClosed {
            // What the repair made is not there again.
            let isGone = entry.isContent && entry.before == nil
            terminal.say("\(isGone ? "Removed" : "Restored") \(context.shown(entry.path))")
        }
        var said: Set<String> = []
        for entry in all where entry.staysClosed && said.insert(entry.path).inserted {
            let mode = FileStatus(of: entry.path).map { String($0.mode, radix: 8) } ?? "none"
            terminal.say("Left closed \(context.shown(entry.path)) (mode \(mode)): others are not let in again.")
        }
    }
}

extension Sequence<String> {
    fileprivate var removingRepeats: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
