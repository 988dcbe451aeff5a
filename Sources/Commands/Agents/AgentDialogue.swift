// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import ProfileStorage
import Settings

/// The questions of `agents add` without a name. What a flag has answered is not asked; until the last answer nothing
/// is made.
struct AgentDialogue {
    private let context: CommandContext
    private let reading: InstanceReading

    init(_ context: CommandContext) throws {
        self.context = context
        reading = try context.reading()
    }

    func complete(_ options: inout AgentOptions) throws {
        let terminal = context.terminal
        let name = try terminal.ask("Name") { answer in
            let id = try AgentAddition.id(answer)
            if reading.settings.agent(id) != nil { throw AgentsError.exists(id) }
            return answer
        }
        options.name = name
        if options.workspace == nil {
            let standing = context.shown(reading.layout.workspace(try AgentAddition.id(name)))
            let folders = AgentFolders(reading, context)
            let path = try terminal.ask("Workspace", standing: standing) { answer in
                _ = try folders.workspace(at: answer)
                return answer
            }
            if path != standing { options.workspace = path }
        }
        let isStatic = reading[.main]?.stored.book.profiles.values.contains { $0.kind != .oauth } ?? false
        if isStatic, !options.copyCredentials, !options.noInherit {
            // It uses them anyway, for as long as it has none of its own.
            options.copyCredentials = try terminal.confirm("Copy the keys and tokens of main, instead of sharing them?")
        }
    }
}
