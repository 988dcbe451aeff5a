// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import Settings

/// What to type against something that is wrong in the configuration. A command that takes something out takes out no more
/// than what is wrong; the rest is for an editor, at its line.
struct ProblemFix {
    private let places: TypedPaths
    private let resolved: ResolvedSettings
    private let configPath: String
    /// Elements of lists that are wrong.
    private var wrong: [DocumentPath: Set<Int>] = [:]

    /// - Parameter problems: all that will be told.
    init(_ resolved: ResolvedSettings, path: String, _ problems: [SettingsProblem]) {
        places = TypedPaths(resolved.document)
        self.resolved = resolved
        configPath = path
        for problem in problems where problem.file == nil {
            guard let place = places[problem.path], case .index(let index) = place.last else { continue }
            wrong[place.parent, default: []].insert(index)
        }
    }

    /// Nil for what is below no list, or in an included file.
    func listPlace(of problem: SettingsProblem) -> ListPlace? {
        guard problem.file == nil, let place = places[problem.path] else { return nil }
        let isElement = if case .index = gone(place).last { true } else { false }
        return ListPlace(place, isTaken: isElement)
    }

    func of(_ problem: SettingsProblem) -> String {
        if problem.problem.hasSuffix("which is not set"), let name = Self.variable(problem.problem) {
            return "Set it: agenticflow-enterprise env set \(name.shellWord)    (or where the gateway is started)"
        }
        if let file = problem.file {
            return "Edit \(file.escapedForDisplay), then run: agenticflow-enterprise config validate"
        }
        if let own = problem.fix { return own }
        if problem.path == "gateway.token" {
            return "Move it: agenticflow-enterprise config set gateway.auth.token --stdin, then: "
                + "agenticflow-enterprise config unset gateway.token"
        }
        if let name = problem.misplacedVariable {
            return
                "Keep it out of the configuration: agenticflow-enterprise env set \(name) (or move it to env.vars.\(name)), "
                + "then: agenticflow-enterprise config unset env.\(name)"
        }
        guard let place = places[problem.path] else {
            return "Correct it in the file: \"$(agenticflow-enterprise config path)\""
        }
        if problem.isOfName { return edit(place) }
        let gone = gone(place)
        let unset = "agenticflow-enterprise config unset \(gone.typed)"
        // No value makes another name of it.
        if problem.isOfUselessName(place) { return "\(edit(place))    (or take it out: \(unset))" }
        if problem.severity == .error {
            let value = KnownKeys.isSecret(place) ? "--stdin" : "VALUE"
            let set = "Run: agenticflow-enterprise config set \(place.typed) \(value)"
            // Without it its entry is none: `gone` is that then.
            return "\(set)    (or: \(unset))"
        }
        return "Correct it in the file, or take it out: \(unset)"
    }

    /// What can be taken out because of it: an entry goes whole where it cannot be without that part.
    private func gone(_ place: DocumentPath) -> DocumentPath {
        if let order = wholeOrder(place) { return order }
        return KnownKeys.key(at: place).map { Self.needed.contains($0.pattern) } == true ? place.parent : place
    }

    private static let needed: Set<String> = [
        "agents.list[].id", "auth.profiles.*.mode", "secrets.providers.*.source", "secrets.providers.*.path",
        "secrets.providers.*.command",
    ]

    /// Of an order without any other entry the order: an empty one would leave the provider without a credential.
    private func wholeOrder(_ place: DocumentPath) -> DocumentPath? {
        guard place.keys == nil, place.parent.keys?.prefix(2) == ["auth", "order"],
            let count = resolved.document?.element(at: place.parent)?.elements.count,
            count == (wrong[place.parent]?.count ?? 0)
        else { return nil }
        return place.parent
    }

    /// Of a key that stands there more than once, every line: which one was meant is not known.
    private func edit(_ place: DocumentPath) -> String {
        let lines = resolved.authored?.lines(ofKeysAt: place) ?? []
        guard let first = lines.first else {
            return "Edit \(configPath.escapedForDisplay), then run: agenticflow-enterprise config validate"
        }
        let words =
            lines.count > 1
            ? "Keep one of them (lines \(lines.map(String.init).joined(separator: ", ")))"
            : "Correct line \(first)"
        return "\(words): \"${EDITOR:-vi}\" +\(first) \(configPath.shellWord)"
    }

    /// The first name in `refers to A, B, which is not set`.
    private static func variable(_ problem: String) -> String? {
        problem.split(separator: " ").dropFirst(2).first.map { $0.last == "," ? String($0.dropLast()) : String($0) }
    }
}

extension SettingsProblem {
    /// Not the value is wrong, but its key, or that there is another one like it: taking it out would take the value as well.
    fileprivate var isOfName: Bool {
        problem.contains("more than once") || problem.contains("once more") || problem.contains("did you mean")
            || problem == "is no provider id"
    }

    /// The key is one that nothing can stand under.
    fileprivate func isOfUselessName(_ place: DocumentPath) -> Bool {
        guard case .key = place.last else { return false }
        return ["is no name", "is no name for a variable", "names no profile", "cannot be set"].contains(problem)
    }
}

extension Document {
    /// Where the keys of that name stand, counted from 1.
    fileprivate func lines(ofKeysAt place: DocumentPath) -> [Int] {
        guard case .key(let name) = place.last, let object = element(at: place.parent) else { return [] }
        return zip(object.members, object.keySpans).filter { $0.0.key == name }.map { _, span in
            bytes.prefix(span.lowerBound).count { $0 == UInt8(ascii: "\n") } + 1
        }
    }
}

/// From the paths that problems have to those that a command takes.
private struct TypedPaths {
    private var places: [String: DocumentPath] = [:]

    init(_ document: Document?) {
        if let document { add(document.root, at: DocumentPath([PathStep]())) }
    }

    private mutating func add(_ element: Element, at path: DocumentPath) {
        places[path.description.escapedForDisplay] = path
        for (key, value) in element.members { add(value, at: path.appending(.key(key))) }
        for (index, value) in element.elements.enumerated() { add(value, at: path.appending(.index(index))) }
    }

    subscript(text: String) -> DocumentPath? { places[text].flatMap { $0.isEmpty ? nil : $0 } }
}
