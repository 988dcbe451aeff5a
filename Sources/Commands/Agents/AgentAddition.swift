// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import ProfileStorage
import Providers
import SafeFiles
import Settings

/// One agent on its way into the configuration. What can be refused is refused before anything is made.
///
/// Its folder and its credentials come first, its entry last: an agent that is listed is whole, and a command that was
/// ended halfway can be repeated.
struct AgentAddition {
    private let id: AgentID
    private let typedName: String
    private let options: AgentOptions
    private let context: CommandContext
    private let reading: InstanceReading
    private let directory: String
    private let workspace: String
    private let model: String?

    init(_ options: AgentOptions, in context: CommandContext) throws {
        self.options = options
        self.context = context
        typedName = options.name ?? ""
        id = try Self.id(typedName)
        let reading = try context.reading()
        self.reading = reading
        try reading.requireReadable()
        if options.copyCredentials { try reading.requireReadable(.main) }
        guard reading.settings.agent(id) == nil else { throw AgentsError.exists(id) }
        let folders = AgentFolders(reading, context)
        directory = try folders.credentials(of: id, at: options.agentDir)
        workspace =
            try options.workspace.map { path throws(AgentsError) in try folders.workspace(at: path) }
            ?? reading.layout.workspace(id)
        model = try options.model.map { try Self.model($0, reading) }
    }

    func tellGateway() { context.tellGateway(reading) }

    static func id(_ name: String) throws(AgentsError) -> AgentID {
        // It would become the name of a folder.
        if SecretWords.isMasked(name) { throw .noName(name) }
        let spelling = AgentID.spelling(of: name)
        guard !spelling.isEmpty else { throw .noName(name) }
        guard let id = AgentID(spelling) else { throw .longName(count: spelling.count) }
        guard id != .main else { throw .reservedName }
        return id
    }

    /// As `provider/model`, for a provider that is known; the model need not be.
    private static func model(_ text: String, _ reading: InstanceReading) throws -> String {
        let isReadable = text.utf8.count <= 256 && text.escapedForDisplay == text
        let models = ConfiguredModels(reading)
        guard isReadable, let reference = models.reference(text.trimmed),
            let provider = ProviderID(reference.prefix { $0 != "/" }), reading.providers[provider] != nil
        else { throw AgentsError.noModel(text, near: isReadable ? meant(text.trimmed, reading) : nil) }
        let target = models.aliases[text.trimmed] ?? text.trimmed
        try ModelChoice.refusePin(of: target, typed: text, models, reading)
        return reference
    }

    private static func meant(_ text: String, _ reading: InstanceReading) -> String? {
        let models = ConfiguredModels(reading)
        guard let slash = text.firstIndex(of: "/") else {
            let known = models.aliases.keys.sorted() + reading.providers.all.values.flatMap(\.models).sorted()
            return Spelling.nearest(to: text, among: known).flatMap { models.reference($0) == nil ? nil : $0 }
        }
        let known = reading.providers.all.keys.map(\.text).sorted()
        return Spelling.nearest(to: String(text[..<slash]), among: known).map { $0 + text[slash...] }
    }

    /// Folders that were made for an agent that did not come to be go again, when nothing is in them.
    func add() throws -> AddedAgent {
        let new = [directory, workspace].filter { FileStatus(of: $0) == nil }
        do { return try make() } catch {
            new.forEach(removeFolder)
            throw error
        }
    }

    private func removeFolder(_ path: String) {
        let (home, name) = PlannedChange.split(path)
        // What cannot be taken away stays, empty as it is.
        (try? SafeDirectory(existing: home, kind: .shared))?.removeEmptyFolder(name)
        guard home == reading.layout.home(of: id) else { return }
        (try? SafeDirectory(existing: reading.layout.agentsDirectory, kind: .shared))?.removeEmptyFolder(id.text)
    }

    private func make() throws -> AddedAgent {
        let folder = try SafeDirectory(creating: directory)
        context.tell(folder.takeNotices())
        _ = try SafeDirectory(creating: workspace, kind: .shared)
        let store = AuthProfilesFile(folder: directory)
        // A store that was there before and cannot be read must be known of before the agent is.
        let there = try store.load()
        let main = AuthProfilesFile(folder: reading.layout.agentDirectory(.main))
        let copies = options.copyCredentials ? try store.copyEntries(from: main) : Copies()
        let defaultAgent: AgentID
        do { defaultAgent = try writeEntry() } catch {
            // One that is not certain to last stands all the same; and one that somebody else has added meanwhile has the
            // copies for its own.
            var isTheirs = false
            if case AgentsError.exists? = error as? AgentsError { isTheirs = true }
            if !DoctorRepair.isInPlace(error), !isTheirs, !copies.ids.isEmpty {
                try takeBack(copies, in: store, after: error)
            }
            throw error
        }
        return AddedAgent(
            id: id, name: name, directory: directory, workspace: workspace, model: model,
            models: reading.settings.models, inherits: !options.noInherit,
            copied: options.copyCredentials ? copies.ids : nil, had: there.profiles.keys.sorted(),
            own: Set(there.profiles.keys).union(copies.ids).sorted(),
            ofMain: Array((reading[.main]?.stored.book.profiles ?? [:]).keys).sorted(), defaultAgent: defaultAgent,
            formerDefault: reading.settings.defaultAgent, configPath: reading.layout.configPath)
    }

    /// Nobody keeps copies of all keys for an agent that there is not: repeated later, the command would leave them in
    /// place, and the agent would use what was replaced at main since.
    private func takeBack(_ copies: Copies, in store: AuthProfilesFile, after cause: any Error) throws {
        let why: String
        do throws(StoreError) {
            if try store.takeBack(copies) { return }
            why = "Something else was written into it since."
        } catch { why = "\(error.advice.what) \(error.advice.why)" }
        throw AgentsError.copiesLeft(
            id, path: store.path, why, (cause as? any ActionableError)?.exitCode ?? .io)
    }

    /// - Returns: the default agent afterwards.
    private func writeEntry() throws -> AgentID {
        let file = SettingsFile(reading.layout)
        let outcome = try file.edit { document throws(DocumentError) in
            var entries = AgentEntries(document: document, file: file)
            guard !entries.has(id) else { return Result<AgentID, AgentsError>.failure(.exists(id)) }
            let expected = options.isDefault ? id : entries.defaultAgent
            try entries.append(entry, id: id, isDefault: options.isDefault)
            guard entries.defaultAgent == expected else { return .failure(.defaultWouldChange) }
            document = entries.document
            return .success(expected)
        }
        return try outcome.get()
    }

    /// As typed, when that can be read and says more than the id.
    private var name: String? {
        let name = typedName.trimmed
        return name == id.text || name.escapedForDisplay != name ? nil : name
    }

    private var entry: [Literal.Member] {
        var members = [Literal.Member("id", .string(id.text))]
        if let name { members.append(.init("name", .string(name))) }
        if options.agentDir != nil { members.append(.init("agentDir", .string(directory))) }
        if options.workspace != nil { members.append(.init("workspace", .string(workspace))) }
        if let model { members.append(.init("model", .string(model))) }
        if options.noInherit { members.append(.init("auth", .object([.init("inherit", .boolean(false))]))) }
        return members
    }
}
