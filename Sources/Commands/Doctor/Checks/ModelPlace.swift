// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import Settings

/// One model that the configuration names for an agent, and where.
struct ModelPlace {
    let slot: any ModelSlot.Type
    let isFallback: Bool
    /// As configured.
    let text: String
    /// Whose own model it is; nil for one of `agents.defaults`.
    let agent: AgentID?
    let path: DocumentPath
    /// Where it is for an editor to change; nil where a command can.
    let file: String?

    /// The default model with its fallbacks, then the image model with its own.
    static func all(of agent: AgentID, _ survey: Survey) -> [ModelPlace] {
        let own = survey.settings.models(of: agent)
        let image = survey.settings.models.image
        func place(
            _ slot: any ModelSlot.Type, isFallback: Bool, _ text: String, after before: Int = 0, isOwn: Bool = false
        ) -> ModelPlace? {
            ModelPlace(slot, isFallback: isFallback, text, after: before, of: isOwn ? agent : nil, survey)
        }
        func places(_ slot: any ModelSlot.Type, _ texts: [String], isOwn: Bool = false) -> [ModelPlace] {
            texts.indices.compactMap { index in
                let before = texts[..<index].count { $0 == texts[index] }
                return place(slot, isFallback: true, texts[index], after: before, isOwn: isOwn)
            }
        }
        let (isOwn, hasOwnFallbacks) = (own.primarySource == .agent, own.fallbacksSource == .agent)
        let primary = own.primary.flatMap { place(DefaultModel.self, isFallback: false, $0, isOwn: isOwn) }
        let imagePrimary = image.primary.flatMap { place(ImageModel.self, isFallback: false, $0) }
        return [primary].compactMap(\.self)
            + places(DefaultModel.self, own.fallbacks, isOwn: hasOwnFallbacks)
            + [imagePrimary].compactMap(\.self) + places(ImageModel.self, image.fallbacks ?? [])
    }

    /// Nil for one that is not to be found, which cannot be for one that was read.
    ///
    /// - Parameter before: how many of the list are the same, and stand before it.
    private init?(
        _ slot: any ModelSlot.Type, isFallback: Bool, _ text: String, after before: Int, of agent: AgentID?,
        _ survey: Survey
    ) {
        let found = survey.resolved.document.flatMap {
            Self.path(slot, isFallback: isFallback, text, after: before, of: agent, in: $0)
        }
        guard let path = found else { return nil }
        self.path = path
        let origins = survey.resolved.origins
        // A list that an included file has a part in has no numbers that a command could name, and one of which something
        // else is to go has others by then.
        let isShared = ListPlace(path, isTaken: false).flatMap { origins.included(below: $0.list) } != nil
        let isFirm = Self.isFirm(path, in: survey.resolved.document)
        file = origins.file(of: path) ?? (isShared || !isFirm ? survey.layout.configPath : nil)
        self.slot = slot
        self.isFallback = isFallback
        self.text = text
        self.agent = agent
    }

    private static func path(
        _ slot: any ModelSlot.Type, isFallback: Bool, _ text: String, after before: Int, of agent: AgentID?,
        in document: Document
    ) -> DocumentPath? {
        var base = slot.path
        if let agent {
            let list = document.element(at: ["agents", "list"])?.elements ?? []
            guard let index = list.firstIndex(where: { $0["id"]?.string.flatMap { AgentID($0.trimmed) } == agent })
            else { return nil }
            base = DocumentPath([.key("agents"), .key("list"), .index(index), .key(slot.key)])
        }
        guard let element = document.element(at: base) else { return nil }
        guard isFallback else { return element.string == nil ? base.appending(.key("primary")) : base }
        let list = element["fallbacks"]?.elements ?? []
        return list.indices.filter { list[$0].string?.trimmed == text }.dropFirst(before).first.map {
            base.appending(.key("fallbacks")).appending(.index($0))
        }
    }

    /// Every list on the way has elements of one kind, as it should.
    private static func isFirm(_ path: DocumentPath, in document: Document?) -> Bool {
        path.steps.indices.allSatisfy { depth in
            guard case .index = path.steps[depth] else { return true }
            let elements = document?.element(at: path.prefix(depth))?.elements ?? []
            return Set(elements.map(\.kind)).count == 1
        }
    }

    /// What puts another model in this very place: the order of fallbacks is a choice too.
    func setting(_ reference: String, _ survey: Survey) -> String {
        if let file {
            return "Write \(reference) in its place in \(survey.shown(file)), then run: \(program) config validate"
        }
        if agent == nil, !isFallback {
            return "Run: \(program) models \(slot.key == ImageModel.key ? "set-image" : "set") \(reference.shellWord)"
        }
        return "Run: \(program) config set \(path.typed) \(reference.shellWord)"
    }

    /// What takes a fallback out of its list.
    func takingOut(_ survey: Survey) -> String {
        if let file {
            return "Take it out of \(survey.shown(file)), then run: \(program) config validate"
        }
        return "Run: \(program) config unset \(path.typed)"
    }

    /// Nil where no command is printed.
    func listPlace(isTaken: Bool) -> ListPlace? { file == nil ? ListPlace(path, isTaken: isTaken) : nil }

    /// As a part of a sentence.
    var owner: String { agent.map { " of agent \($0)" } ?? "" }
}
