// SPDX-License-Identifier: Apache-2.0
package import Credentials
import Documents

#if canImport(Glibc)
    import Glibc
#endif

/// The only code that prints, and the only code that reads what a person types.
package struct Terminal: Sendable {
    /// Where a command's own output goes; nothing else goes there.
    package var output: @Sendable (String) -> Void
    /// Notices, prompts and errors.
    package var notices: @Sendable (String) -> Void
    package var input: @Sendable () -> TerminalInput
    package var isOutputTerminal: Bool
    package var isNoticeTerminal: Bool
    /// Characters in a line of help.
    package var columns: Int
    package var allowsColor: Bool
    /// What every text goes through on its way out, whoever made it.
    package var masking: @Sendable (String) -> String = Masking.text
    /// The name that `--profile` gave; nil without it.
    package var instance: String?
    /// Notices and errors name what is below it with `~`.
    var home: HomePath?

    package init(
        output: @escaping @Sendable (String) -> Void, notices: @escaping @Sendable (String) -> Void,
        input: @escaping @Sendable () -> TerminalInput, isOutputTerminal: Bool,
        isNoticeTerminal: Bool, columns: Int = 80, allowsColor: Bool = false, instance: String? = nil
    ) {
        self.output = output
        self.notices = notices
        self.input = input
        self.isOutputTerminal = isOutputTerminal
        self.isNoticeTerminal = isNoticeTerminal
        self.columns = columns
        self.allowsColor = allowsColor
        self.instance = instance
    }

    package static let standard: Terminal = {
        var terminal = ofThisProcess
        terminal.home = HomePath(PageWidth.variable("HOME"))
        return terminal
    }()

    private static let ofThisProcess = Terminal(
        output: { StandardStreams.write($0, to: STDOUT_FILENO) },
        notices: { StandardStreams.write($0, to: STDERR_FILENO) },
        input: { isatty(STDIN_FILENO) == 1 ? .person : .pipe }, isOutputTerminal: isatty(STDOUT_FILENO) == 1,
        isNoticeTerminal: isatty(STDERR_FILENO) == 1, columns: PageWidth.ofOutput,
        allowsColor: Style.isWanted(noColor: PageWidth.variable("NO_COLOR"), terminal: PageWidth.variable("TERM")),
        instance: GlobalWords(Array(CommandLine.arguments.dropFirst())).instance)

    package var outputStyle: Style { Style(isOn: allowsColor && isOutputTerminal) }
    package var noticeStyle: Style { Style(isOn: allowsColor && isNoticeTerminal) }
    /// What a table has to fit into: nothing, where other programs read it.
    var tableWidth: Int? { isOutputTerminal ? columns : nil }

    /// One line of the command's output. Control characters are escaped: no stored name may move the cursor.
    package func say(_ line: String) { output(addressed(masking(line)).escapedForTerminal + "\n") }

    /// A credential that was asked for.
    func say(asked secret: String) { output(secret.escapedForTerminal + "\n") }

    /// The same beside the output.
    func notice(_ line: String, asked secret: String) { notices((line + secret).escapedForTerminal + "\n") }

    /// Output that is made by us as a whole, such as JSON.
    package func print(_ text: String) { output(addressed(masking(text)).escapedInJSON) }

    /// A page for every instance, or somebody's own values: commands in it are left as they are.
    func printAsItIs(_ text: String) { output(masking(text).escapedInJSON) }

    /// The same for a line.
    func show(_ line: String) { output(masking(line).escapedForTerminal + "\n") }

    package func notice(_ line: String) { notices(addressed(masking(shown(line))).escapedForTerminal + "\n") }

    /// With the commands that it names meant for this instance.
    func addressed(_ text: String) -> String { AddressedLine.text(text, to: instance) }

    private func shown(_ text: String) -> String { home?.shown(in: text) ?? text }

    private func shown(_ advice: Advice) -> Advice {
        advice.mapped { masking(shown($0)) }.shortened
    }

    /// Three lines, or four, each on a line of its own whatever is in it.
    ///
    /// - Parameter word: `error` or `warning`.
    package func notice(_ word: String, _ whole: Advice) {
        let advice = shown(whole)
        let style = noticeStyle
        let first = word == "error" ? style.failure("error:") : style.warning("\(word):")
        let fix = addressed(advice.fix)
        let more = advice.more.isEmpty ? [] : [("      ", advice.more)]
        let lines = [(first, advice.what), ("  why:", advice.why)] + more + [(style.advice("  fix:"), fix)]
        notices(lines.map { "\($0) \($1.escapedForDisplay)\n" }.joined())
    }

    /// An error of ours: three lines on standard error; for `--json`, one object with the same keys on standard output.
    package func report(_ error: any ActionableError, asJSON: Bool) {
        guard asJSON else { return notice("error", error.advice) }
        let advice = shown(error.advice)
        let object = Literal.object([
            .init("error", .string(advice.what)), .init("why", .string(advice.reason)),
            .init("fix", .string(advice.fix)),
        ])
        print(object.compact + "\n")
    }

    /// A secret: from standard input when it is piped, else typed at a prompt that does not show it.
    package func readSecret(_ prompt: String) throws -> String {
        switch input() {
        case .text(let text): return text
        case .pipe:
            guard let text = try readAll(atMost: 64 << 10) else { throw TerminalError.tooLong(nil) }
            return text
        case .person:
            defer { notices("\n") }
            return try HiddenInput.readLine { notices(masking(prompt).escapedForTerminal + " (not shown): ") }
        }
    }

    private func readAll(atMost limit: Int) throws -> String? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(STDIN_FILENO, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw TerminalError.unreadable(errno) }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
            if bytes.count > limit { return nil }
        }
    }
}

package enum TerminalInput: Sendable {
    case person
    case pipe
    /// For tests.
    case text(String)
}

package enum TerminalError: ActionableError {
    /// The line that was typed; nil where it is not known.
    case tooLong(String?)
    case unreadable(Int32)
    /// Ctrl-C.
    case interrupted
    /// Ctrl-D, or a terminal that has gone.
    case ended

    package var exitCode: ExitStatus {
        switch self {
        case .tooLong: .badInput
        case .unreadable: .io
        case .interrupted: .interrupted
        case .ended: .noInput
        }
    }

    package var advice: Advice {
        switch self {
        case .tooLong(let line):
            Advice(
                what: "The text on standard input is too long for a value.", why: "It has more than 65536 bytes.",
                fix: "Pipe the value alone: printf %s \"$VALUE\" | \(line ?? "the command, once more")")
        case .unreadable(let code):
            Advice(
                what: "Standard input cannot be read.", why: "The system says: \(String(cString: strerror(code))).",
                fix: "Run the command in a terminal, or pipe the key into it.")
        case .interrupted:
            Advice(
                what: "Nothing was changed.", why: "The prompt was interrupted.",
                fix: "Run the command again when you have what it asks for.")
        case .ended:
            Advice(
                what: "Nothing was changed.", why: "The input ended before there was an answer.",
                fix: "Run the command again when you have what it asks for.")
        }
    }
}

extension Advice {
    /// As one text.
    fileprivate var reason: String { more.isEmpty ? why : "\(why) \(more)" }

    /// What was typed may be of any length; what is said of it may not.
    fileprivate var shortened: Advice {
        func short(_ text: String) -> String {
            guard text.utf8.count > 300 else { return text }
            let words = text.split(separator: " ", omittingEmptySubsequences: false)
                .map { $0.utf8.count > 300 ? "\($0.prefix(200))..." : $0 }
            return String(words.joined(separator: " ").prefix(4000))
        }
        return mapped(short)
    }
}
