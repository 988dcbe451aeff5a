// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import Settings

/// One change of the configuration, with every guard that a change goes through.
struct ConfigChange {
    let context: CommandContext
    let reading: InstanceReading
    let file: SettingsFile
    /// The configuration as it is, with what it includes.
    let resolved: ResolvedSettings
    /// The change may take away more than half of the file.
    var mayShrink = false
    /// Show the change, write nothing.
    var isRehearsal = false
    /// One JSON document on standard output instead of words.
    var isJSON = false

    /// - Throws: when the configuration cannot be read: nobody knows then what a change would do.
    init(in context: CommandContext) throws {
        self.context = context
        reading = try context.reading()
        try reading.requireReadable()
        file = SettingsFile(reading.layout)
        resolved = file.resolved()
        if let failure = resolved.failure { throw failure }
    }

    /// The configuration as it was written.
    var authored: Document { resolved.authored ?? Document(emptyObjectAs: .json5) }
    /// With what it includes: what a path is read by.
    var effective: Document { resolved.document ?? authored }
    var shownPath: String { context.shown(file.path) }

    /// - Parameter places: what is changed; each must be in the file itself, not in one that it includes.
    /// - Returns: whether there was anything to change.
    @discardableResult
    func make(
        at places: [DocumentPath], _ change: (inout Document) throws(DocumentError) -> Void
    ) throws -> Bool {
        for place in places { try refuseIncluded(place) }
        var notices: [String] = []
        var isChanged = false
        let review: (Document, Document) throws(StoreError) -> Void = { before, after throws(StoreError) in
            isChanged = true
            notices = try self.review(before, after, at: places)
        }
        if isRehearsal {
            let outcome = try file.rehearse(mayShrink: mayShrink, change, review: review)
            if !isJSON { context.terminal.say("Would change \(shownPath):") }
            let diff = LineDiff(ShownDocument(outcome.before).text, ShownDocument(outcome.after).text)
            if isJSON {
                tellJSON(isChanged, places, diff.lines)
            } else {
                for line in diff.lines { context.terminal.show(line) }
                if diff.lines.isEmpty { context.terminal.say(isChanged ? "  (a credential)" : "  (nothing)") }
            }
        } else {
            try file.revise(mayShrink: mayShrink, change, review: review)
            if isJSON {
                tellJSON(isChanged, places, nil)
            } else {
                context.say(isChanged: isChanged, file.path)
            }
        }
        for notice in notices { context.terminal.notice(notice) }
        if isChanged, !isRehearsal {
            context.tellGateway(reading, isReadAtStart: places.contains(where: KnownKeys.isReadAtStart))
        }
        return isChanged
    }

    /// - Parameter diff: of a rehearsal.
    private func tellJSON(_ isChanged: Bool, _ places: [DocumentPath], _ diff: [String]?) {
        var members: [Literal.Member] = [
            .init("configPath", .string(file.path)), .init("path", .optional(places.first?.description)),
            .init("changed", .boolean(isChanged)), .init("dryRun", .boolean(isRehearsal)),
        ]
        if let diff { members.append(.init("diff", .strings(diff))) }
        context.terminal.printAsItIs(Literal.object(members).pretty() + "\n")
    }

    // MARK: Guards

    /// What an included file says is changed there. What holds an `$include` is not replaced by a value without it.
    func refuseIncluded(_ place: DocumentPath) throws(ConfigError) {
        if place.last == .key("$include") { return }
        if let held = authored.element(at: place), held.holdsInclude { throw .holdsInclude(place) }
        guard let document = resolved.document else { return }
        for (depth, step) in place.steps.enumerated() {
            let around = place.prefix(depth)
            // Lists are joined, so the file's own index is another one.
            if case .index = step, let file = resolved.origins.included(below: around) {
                throw .included(place, file: file)
            }
        }
        guard document.element(at: place) != nil, let file = resolved.origins.included(below: place) else { return }
        throw .included(place, file: file)
    }

    /// - Returns: what the change makes doubtful, though not wrong.
    private func review(
        _ before: Document, _ after: Document, at places: [DocumentPath]
    ) throws(StoreError) -> [String] {
        let old = SettingsReview(file.resolve(before), reading)
        let new = SettingsReview(file.resolve(after), reading)
        if let failure = new.failure { throw .refused(failure.advice) }
        let here = places.map(\.description).map(\.escapedForDisplay)
        let isHere: (SettingsProblem) -> Bool = { problem in
            here.contains { problem.path == $0 || problem.path.hasPrefix("\($0).") || problem.path.hasPrefix("\($0)[") }
        }
        for problem in new.problems where problem.severity == .error {
            guard isHere(problem) || !old.problems.contains(problem) else { continue }
            var problem = problem
            // Nothing is used instead: what was there stays.
            problem.held = nil
            throw .refused(
                Advice(
                    what: "\(places.first?.shown ?? "The value") was not changed.", why: problem.description,
                    fix: Self.refusalFix(places, after)
                ))
        }
        // What is doubtful about the very value is told each time it is set.
        let doubtful = new.problems.filter {
            $0.severity == .warning && (isHere($0) || !old.problems.contains($0))
        }
        let doubts = doubtful.map { problem in
            problem.description + (problem.fix.map { "\n  fix: \($0)" } ?? "")
        }
        let known = old.providerProblems.map(\.text)
        return doubts + new.providerProblems.filter { !known.contains($0.text) }.map { "\($0.text)\n  fix: \($0.fix)" }
    }

    /// What was to be taken out is a part that its entry needs.
    private static func refusalFix(_ places: [DocumentPath], _ after: Document) -> String {
        if let place = places.first, after.element(at: place) == nil, case .index = place.parent.last {
            return "Take out the whole entry: agenticflow-enterprise config unset \(place.parent.typed)"
        }
        let place = places.first.map { "agenticflow-enterprise config set \($0.typed) VALUE" } ?? "the command"
        return
            "Run \(place) with a value that is allowed there, or give the whole entry at once; docs/configuration.md has both."
    }

    // MARK: Guesses

    /// Nothing is there; `command` is what the path was for.
    static func absent(_ place: DocumentPath, in document: Document, command: String) -> ConfigError {
        if let quoted = place.joiningKeys.first(where: { document.element(at: $0.path) != nil }) {
            return .dotsInKey(place, quoted: quoted.path, command: command)
        }
        return .notSet(place, near: nearest(to: place, in: document), command: command)
    }

    /// What is there and is spelled nearly so: a sibling, or a key with a meaning.
    private static func nearest(to path: DocumentPath, in document: Document) -> DocumentPath? {
        for depth in path.steps.indices {
            let place = path.prefix(depth + 1)
            guard document.element(at: place) == nil else { continue }
            guard case .key(let name) = place.last else { return nil }
            let siblings = document.element(at: place.parent)?.members.map(\.key) ?? []
            guard let near = Spelling.nearest(to: name, among: siblings) else { return nil }
            let guess = DocumentPath(place.parent.steps + [.key(near)] + path.steps[(depth + 1)...])
            return document.element(at: guess) == nil ? nil : guess
        }
        return nil
    }
}

extension CommandContext {
    /// What became of a file that a command was to change.
    func say(isChanged: Bool, _ path: String) {
        terminal.say(isChanged ? "Updated \(shown(path))" : "Unchanged \(shown(path)): it says so already.")
    }
}

/// What the reader says about a configuration, without the files beside it.
struct SettingsReview {
    let problems: [SettingsProblem]
    /// Of providers that are not complete, or not yet.
    let providerProblems: [(text: String, fix: String)]
    let failure: SettingsFileError?

    /// - Parameter isAlone: what is stored beside the configuration does not count.
    init(_ resolved: ResolvedSettings, _ reading: InstanceReading, isAlone: Bool = false) {
        let settings = InstanceSettings(resolved.document, environment: reading.environment, origins: resolved.origins)
        var layout = reading.layout
        let doubts = resolved.document.map { ConfigDoubts($0, settings, reading) }
        problems =
            settings.problems + layout.adopt(settings.agents)
            + (doubts.map { $0.models + $0.aliases + $0.orders(withMissing: !isAlone) + $0.credentials + $0.start }
            ?? []).map {
                resolved.origins.placed($0)
            } + (doubts?.servers(withStored: !isAlone) ?? [])
        providerProblems = ProviderSet(settings.providers).problems.map { ($0.what, $0.fix) }
        failure = resolved.failure
    }
}

extension Element {
    fileprivate var holdsInclude: Bool {
        switch kind {
        case .object: members.contains { $0.key == "$include" || $0.value.holdsInclude }
        case .array: elements.contains(where: \.holdsInclude)
        default: false
        }
    }
}
