// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import Settings

/// The entries of `agents.list` in a document that is being changed. Every other byte stays as it is.
struct AgentEntries {
    private static let list = DocumentPath(["agents", "list"])

    var document: Document
    /// The file of the document: what it includes counts as well.
    let file: SettingsFile

    private var elements: [Element] { document.element(at: Self.list)?.elements ?? [] }

    func indices(of id: AgentID) -> [Int] {
        elements.indices.filter { elements[$0]["id"]?.string.flatMap { AgentID($0.trimmed) } == id }
    }

    func has(_ id: AgentID) -> Bool { settings.agents.contains { $0.id == id } }

    /// As every program reads it: the first that says so, else the first of the list, else `main`.
    var defaultAgent: AgentID { settings.defaultAgent }

    private var settings: InstanceSettings {
        InstanceSettings(file.resolve(document).document, environment: EnvironmentLayers(process: [:]))
    }

    /// More than one says that it is the default.
    var hasSeveralDefaults: Bool { settings.agents.count(where: \.isDefault) > 1 }

    /// - Parameter isDefault: whether requests that name no agent are to be served by it.
    mutating func append(_ entry: [Literal.Member], id: AgentID, isDefault: Bool) throws(DocumentError) {
        if settings.agents.isEmpty {
            // The first entry of a list would be the default without being asked to.
            let mark = isDefault ? [] : [Literal.Member("default", .boolean(true))]
            try document.append(.object([.init("id", .string(AgentID.main.text))] + mark), toListAt: Self.list)
        }
        try document.append(.object(entry), toListAt: Self.list)
        if isDefault { try makeDefault(id) }
    }

    /// The mark of others goes, so that one agent has it.
    mutating func makeDefault(_ id: AgentID) throws(DocumentError) {
        let own = indices(of: id)
        for index in elements.indices where !own.contains(index) && elements[index]["default"] != nil {
            try document.remove(at: mark(of: index))
        }
        if let index = own.first {
            try document.set(.boolean(true), at: mark(of: index))
        } else {
            try document.append(
                .object([.init("id", .string(id.text)), .init("default", .boolean(true))]), toListAt: Self.list)
        }
    }

    mutating func remove(_ id: AgentID) throws(DocumentError) {
        for index in indices(of: id).reversed() { try document.removeElement(at: index, inListAt: Self.list) }
    }

    private func mark(of index: Int) -> DocumentPath {
        Self.list.appending(.index(index)).appending(.key("default"))
    }
}
