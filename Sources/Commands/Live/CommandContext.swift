// SPDX-License-Identifier: Apache-2.0
package import CredentialLifecycle
package import Credentials
import FoundationEssentials
import SafeFiles
package import Settings

/// What a command works with: made once for the real world, or by a test.
package struct CommandContext: Sendable {
    package var terminal: Terminal
    /// The process environment.
    package var environment: [String: String]
    package var now: WallClock
    /// Whose `.env` is read; nil for none.
    package var workingDirectory: String?
    /// The first command makes the state directory. Completions do not: a name that is half typed is none.
    var makesStateDirectory = true
    /// Asks a provider; only commands that say so do.
    package var ask: ProviderAsk = .live
    /// Folders with a home for each user.
    package var homes: [String] = []

    package init(
        terminal: Terminal, environment: [String: String], workingDirectory: String? = nil, now: @escaping WallClock
    ) {
        self.terminal = terminal
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.now = now
        self.terminal.home = HomePath(home)
    }

    package static func live() -> CommandContext {
        var context = CommandContext(
            terminal: .standard, environment: ProcessInfo.processInfo.environment,
            workingDirectory: WorkingDirectoryFile.processDirectory
        ) { Date() }
        context.homes = ["/home", "/Users"]
        return context
    }

    /// Where this instance keeps its files, made when it is not there. One that a name or a variable places is made by
    /// what is stored in it, not by looking: the name may be a slip.
    func furnishedLayout() throws(StateLayoutError) -> StateLayout {
        let layout = try layout()
        guard makesStateDirectory else { return layout }
        guard layout.isPlacedByName || layout.isPlacedByVariable else {
            SafeDirectory.provide(layout.state)
            return layout
        }
        guard FileStatus(of: layout.state) == nil else { return layout }
        if layout.isPlacedByVariable {
            terminal.notice(
                """
                \(shown(layout.state)) is not there yet, and the first thing that is stored makes it. \
                (AGENTICFLOW_STATE_DIR names it.)
                """)
        } else if let name = layout.instance {
            terminal.notice(
                """
                There is no instance \(name) yet: \(shown(layout.state)) is not there, and the first thing that is stored
                makes it. (--profile names an instance; a credential is named with --profile-id, or by its id.)
                """)
        }
        return layout
    }

    /// The same for a look that leaves no trace, as completions take it.
    var leavingNoTrace: CommandContext {
        var copy = self
        copy.makesStateDirectory = false
        return copy
    }

    /// The user's home directory. The system's list of users, which may be on another machine, is asked only where
    /// `HOME` says nothing.
    var home: String? {
        if let home = environment["HOME"]?.trimmed, !home.isEmpty { return home }
        return Account.home
    }

    /// Where this instance keeps its files.
    package func layout() throws(StateLayoutError) -> StateLayout {
        try StateLayout(environment: environment, home: home)
    }

    /// For advice; nil while it is not known where they are.
    var ownPlaces: OwnPlaces? {
        do throws(StateLayoutError) { return try layout().ownPlaces(environment) } catch { return nil }
    }

    /// Reads the instance, once. What could not be read is among the reading's problems.
    package func reader() throws(StateLayoutError) -> InstanceReader {
        InstanceReader(layout: try furnishedLayout(), process: environment, workingDirectory: workingDirectory)
    }

    /// What was too open and has been closed.
    func tell(_ notices: [StorageNotice]) {
        for notice in notices { terminal.notice("\(shown(notice.path)): \(notice.text)") }
    }

    /// What reading has closed is told here, whichever command reads: once, because the next one finds it closed.
    package func reading() throws(StateLayoutError) -> InstanceReading {
        var reader = try reader()
        guard makesStateDirectory else { return SafeDirectory.$closesWhatIsOpen.withValue(false) { reader.read() } }
        var reading = reader.read()
        tell(reading.notices)
        reading.notices = []
        return reading
    }
}
