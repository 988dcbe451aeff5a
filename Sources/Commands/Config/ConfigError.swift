// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import Settings

/// What a `config` command cannot work with. Nothing has been changed.
enum ConfigError: ActionableError, Equatable {
    case badPath(String, DocumentPathError)
    case notSet(DocumentPath, near: DocumentPath?, command: String = "get")
    case unknownKey(DocumentPath, near: DocumentPath?)
    /// A key has dots in its name, and was typed without quotes.
    case dotsInKey(DocumentPath, quoted: DocumentPath, command: String)
    case misplaced(DocumentPath, instead: String)
    /// Something on the way holds no keys, or no elements.
    /// - `isWrong`: whatever it holds cannot be used where it stands.
    case noWay(DocumentPath, through: DocumentPath, Element.Kind, isWrong: Bool = false)
    case beyondEnd(DocumentPath, count: Int)
    /// - `file`: the included file that the value is from.
    case included(DocumentPath, file: String)
    case holdsInclude(DocumentPath)
    case secretAsWord(DocumentPath)
    case masked(DocumentPath)
    case noValue(DocumentPath)
    /// - `value`: nil when it is not to be repeated.
    case equalsSign(DocumentPath, value: String?)
    case valueAndStdin
    case twoKinds
    case severalValues
    case notJSON(DocumentPath, String)
    case badNumber(DocumentPath)

    static func parse(_ text: String) throws(ConfigError) -> DocumentPath {
        do throws(DocumentPathError) { return try DocumentPath(parsing: text) } catch { throw .badPath(text, error) }
    }

    var exitCode: ExitStatus {
        switch self {
        case .notSet, .dotsInKey(_, _, command: "get"), .dotsInKey(_, _, command: "unset"): .noInput
        case .included, .holdsInclude, .masked, .noWay, .beyondEnd, .notJSON, .badNumber: .badInput
        default: .usage
        }
    }

    var advice: Advice {
        switch self {
        case .badPath, .notSet, .unknownKey, .dotsInKey, .misplaced, .noWay, .beyondEnd: onPath
        case .included, .holdsInclude: onInclude
        default: onValue
        }
    }

    private var onPath: Advice {
        switch self {
        case .badPath(let text, let error):
            Advice(
                what: "\"\(text.prefix(80).escapedForDisplay)\" is no path into the configuration.",
                why: "Character \(error.position): \(error.problem)",
                fix: "Write it as in: "
                    + #"agenticflow-enterprise config get 'agents.defaults.models["openai/gpt-5.2"].alias'"#)
        case .notSet(let path, let near, let command): Self.notSet(path, near, command)
        case .unknownKey(let path, let near):
            Advice(
                what: "\(path.shown) is not a key that has a meaning here.\(Self.guess(near))",
                why: "It would be kept in the file and do nothing.",
                fix: near.map { "Run the command again with \($0.typed), or with --allow-unknown." }
                    ?? "Look up the key in docs/configuration.md, or run the command again with --allow-unknown.")
        case .dotsInKey(let path, let quoted, let command):
            Advice(
                what: path.shown + (command == "set" ? " is not a key that has a meaning here." : " is not set."),
                why: "A dot ends a key; one that has dots in its name stands in quotes.",
                fix: "Write it so: agenticflow-enterprise config \(command) \(quoted.typed)"
                    + (command == "set" ? " VALUE" : ""))
        case .misplaced(let path, let instead):
            Advice(
                what: "\(path.shown) has no effect.", why: "What belongs there is \(instead).",
                fix: "Run: agenticflow-enterprise config set \(instead) --stdin")
        case .noWay(let path, let through, let kind, let isWrong):
            Advice(
                what: "\(path.shown) was not set.", why: "\(through.shown) is there, and is \(kind.words).",
                fix: Self.wayFix(through, isWrong ? .null : kind))
        case .beyondEnd(let path, let count):
            Advice(
                what: "\(path.shown) was not set.", why: "The list has \(count) elements; the next one is [\(count)].",
                fix: "Run the command again with \(path.parent.appending(.index(count)).typed)")
        default: onValue
        }
    }

    private var onInclude: Advice {
        switch self {
        case .included(let path, let file):
            Advice(
                what: "\(path.shown) was not changed.",
                why: "It is set in \(file.escapedForDisplay), which is included.",
                fix: "Edit that file; then run: agenticflow-enterprise config validate")
        case .holdsInclude(let path):
            Advice(
                what: "\(path.shown) was not changed.", why: "It holds an $include, which would be lost.",
                fix: "Name a key inside it, or take the $include itself away: agenticflow-enterprise config unset "
                    + path.appending(.key("$include")).typed)
        default: onValue
        }
    }

    private var onValue: Advice {
        switch self {
        case .secretAsWord(let path):
            Advice(
                what: "\(path.shown) takes no credential among the words of the command.",
                why: "Words of a command stay in the shell's history, and every user of the machine can read them.",
                fix: "Run: agenticflow-enterprise config set \(path.typed) --stdin    (or name a variable, in single "
                    + "quotes: '${NAME}'). If it was the credential, replace it at the provider.")
        case .masked(let path):
            Advice(
                what: "\(path.shown) was not set.", why: "The value is a shortened display of a credential.",
                fix: "Give the credential itself: agenticflow-enterprise config set \(path.typed) --stdin")
        case .noValue(let path):
            Advice(
                what: "\(path.shown) was not set.", why: "The command names no value.",
                fix: "Run: agenticflow-enterprise config set \(path.typed) "
                    + (KnownKeys.isSecret(path) ? "--stdin" : "VALUE    (or --stdin)"))
        case .equalsSign(let path, let value):
            Advice(
                what: "Path and value are two words of the command.", why: "An equals sign does not part them.",
                fix: "Run: agenticflow-enterprise config set \(path.typed) \(value?.shellWord ?? "VALUE")")
        case .valueAndStdin:
            Advice(
                what: "Give the value as a word, or with --stdin.", why: "The command does both.",
                fix: "Leave out --stdin, or the word, as in: agenticflow-enterprise config set gateway.port 18790")
        case .twoKinds:
            Advice(
                what: "Choose either --string or --json, not both.", why: "They read the same value differently.",
                fix: "Leave one of them out, as in: agenticflow-enterprise config set gateway.port 18790 --json")
        case .severalValues:
            Advice(
                what: "The command takes one value.", why: "More words follow the path.",
                fix: "Put the value in single quotes, as in: "
                    + "agenticflow-enterprise config set gateway.allowedHosts '[\"a.example\", \"b.example\"]'")
        case .notJSON(let path, let problem):
            Advice(
                what: "\(path.shown) was not set.", why: "The value is not JSON. \(problem)",
                fix: "Correct it, or take it as text with --string instead of --json.")
        case .badNumber(let path):
            Advice(
                what: "\(path.shown) was not set.", why: "The value holds a number that JSON cannot hold as it stands.",
                fix: Self.numberFix(path))
        default: Advice(what: "The configuration was not changed.", why: "", fix: "")
        }
    }

    /// What holds other values is not to be taken away for one.
    private static func wayFix(_ through: DocumentPath, _ kind: Element.Kind) -> String {
        switch kind {
        case .array:
            "Name one of its elements, as in \(through.appending(.index(0)).typed). See them with: "
                + "agenticflow-enterprise config get \(through.typed)"
        case .object: "Name one of its keys. See them with: agenticflow-enterprise config get \(through.typed)"
        default: "Take it away first: agenticflow-enterprise config unset \(through.typed)"
        }
    }

    /// A text is offered only where one may stand.
    private static func numberFix(_ path: DocumentPath) -> String {
        let smaller = "agenticflow-enterprise config set \(path.typed) NUMBER, with a smaller one"
        switch KnownKeys.key(at: path)?.kind {
        case .number, .boolean, .object, .map, .list: return "Run: \(smaller)."
        default: return "Run: \(smaller); or run the command again with --string to set a text."
        }
    }

    private static func notSet(_ path: DocumentPath, _ near: DocumentPath?, _ command: String) -> Advice {
        let look = "See what there is: agenticflow-enterprise config get"
        guard let near else {
            let meant = KnownKeys.meant(by: path)
            return Advice(
                what: "\(path.shown) is not set.\(guess(meant))",
                why: meant.map {
                    "\($0.shown) is the key that has a meaning. It is not set either, so its default holds."
                }
                    ?? "The configuration has nothing there; what holds instead is in docs/configuration.md.",
                fix: look)
        }
        return Advice(
            what: "\(path.shown) is not set.\(guess(near))",
            why: "The configuration has nothing there; what holds instead is in docs/configuration.md.",
            // What was not asked for is looked at, not taken away.
            fix: command == "unset"
                ? "See what is there: agenticflow-enterprise config get \(near.typed)"
                : "Run: agenticflow-enterprise config \(command) \(near.typed)")
    }

    private static func guess(_ near: DocumentPath?) -> String { near.map { " Did you mean \($0.shown)?" } ?? "" }
}

extension DocumentPath {
    /// For messages.
    var shown: String { String(description.prefix(300)).escapedForDisplay }

    /// As a word for a shell.
    var typed: String {
        let text = shown
        let isPlain = text.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return isPlain
            ? text : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
