// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

enum ReferenceFormat: String, CaseIterable, ExpressibleByArgument {
    case man, markdown
}

/// Writes the pages that are made from the commands; `make reference` and `make install` call it.
struct ReferenceCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "reference", abstract: "Print a page of the reference, made from the commands themselves.",
        discussion: """
            Without a page: the names of all pages, one a line.

            Example: agenticflow-enterprise reference man agenticflow-enterprise.1
            """,
        shouldDisplay: false)

    @Argument(help: "What the page is written in.")
    var format: ReferenceFormat
    @Argument(help: ArgumentHelp("The page.", valueName: "page"))
    var page: String?
    @Option(help: ArgumentHelp("The date that a manual page names.", valueName: "date"))
    var date: String?

    func run(in context: CommandContext) throws {
        let pages = format == .man ? ManualPage.all : MarkdownPage.all
        guard let page else {
            for name in pages.keys.sorted() { context.terminal.say(name) }
            return
        }
        guard let make = pages[page] else {
            throw UsageError(
                what: "There is no page \"\(page.prefix(64))\".", why: "The pages are made from the commands.",
                fix: "See their names with: agenticflow-enterprise reference \(format.rawValue)")
        }
        context.terminal.printAsItIs(make(date ?? ""))
    }
}
