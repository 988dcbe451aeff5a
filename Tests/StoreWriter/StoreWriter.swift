// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import ProfileStorage
import Rotation
import TestKit
#if canImport(Glibc)
    import Glibc
#endif

/// One store update, one journal or one reading in a process of its own, for the tests that kill it: see Tests/Crash.
///
///     store-writer add FOLDER ID KEY [--twin no-rename|no-reread] [--wait]
///     store-writer record FOLDER ID       until standard input ends
///     store-writer note FOLDER ID SECONDS one line of the journal
///     store-writer health FOLDER          what the journal says
///     store-writer load FOLDER TIMES
@main
struct StoreWriter {
    static func main() {
        do throws(StoreError) { try run(Array(CommandLine.arguments.dropFirst())) } catch {
            let advice = error.advice
            fail("error: \(advice.what)\n  why: \(advice.why)\n  fix: \(advice.fix)", error.exitCode)
        }
    }

    private static func run(_ words: [String]) throws(StoreError) {
        switch words.first {
        case "add" where words.count >= 4: try add(words)
        case "record" where words.count == 3: try record(folder: words[1], id: words[2])
        case "note" where words.count == 4: try note(folder: words[1], id: words[2], seconds: Double(words[3]) ?? 0)
        case "health" where words.count == 2: try health(folder: words[1])
        case "load" where words.count == 3: try load(folder: words[1], times: Int(words[2]) ?? 1)
        default:
            fail("usage: see the first lines of StoreWriter.swift", .usage)
        }
    }

    private static func fail(_ text: String, _ status: ExitStatus) -> Never {
        let line = Array("\(text)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
        exit(status.rawValue)
    }

    private static func add(_ words: [String]) throws(StoreError) {
        let fault = words.firstIndex(of: "--twin").flatMap { BrokenStore.Fault(rawValue: words[$0 + 1]) }
        let (id, key) = (words[2], words[3])
        let store: any CredentialStore
        if let fault {
            store = try BrokenStore(folder: words[1], fault: fault)
        } else {
            store = AuthProfilesFile(folder: words[1], lockWait: .seconds(60))
        }
        if words.contains("--wait") { waitForEnd() }
        mark("begins")
        defer { mark("ends") }
        try store.update { $0.add(id, key) }
    }

    /// A system call that can be found in a trace.
    private static func mark(_ word: String) { _ = access("/store-update-\(word)", F_OK) }

    /// Says that it is ready, and goes on when standard input ends: so many processes start at one moment.
    private static func waitForEnd() {
        var byte = UInt8(ascii: "r")
        _ = write(STDOUT_FILENO, &byte, 1)
        while read(STDIN_FILENO, &byte, 1) > 0 {}
    }

    private static func record(folder: String, id: String) throws(StoreError) {
        guard let id = ProfileID(id) else { return }
        let journal = HealthJournal(folder: folder)
        let key = HealthKey(owner: .main, id: id)
        var (count, input) = (0, pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0))
        while poll(&input, 1, 1) == 0 {
            var health = Health()
            health.lastUsed = Date(timeIntervalSince1970: Double(count))
            try journal.append([(key, health)])
            count += 1
        }
        print(count)
    }

    private static func note(folder: String, id: String, seconds: Double) throws(StoreError) {
        guard let id = ProfileID(id) else { return }
        var health = Health()
        health.lastUsed = Date(timeIntervalSince1970: seconds)
        mark("begins")
        defer { mark("ends") }
        try HealthJournal(folder: folder).append([(HealthKey(owner: .main, id: id), health)])
    }

    private static func health(folder: String) throws(StoreError) {
        for (key, health) in try HealthJournal(folder: folder).load().sorted(by: { $0.key.id < $1.key.id }) {
            print(key.id, health.lastUsed?.timeIntervalSince1970 ?? 0)
        }
    }

    private static func load(folder: String, times: Int) throws(StoreError) {
        let store = AuthProfilesFile(folder: folder)
        for _ in 0..<times {
            let start = ContinuousClock.now
            let count = try store.loadStored().book.profiles.count
            print(count, (ContinuousClock.now - start) / .milliseconds(1))
        }
    }
}
