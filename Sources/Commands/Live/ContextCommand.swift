// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// A command that touches the world only through its context, so that a test can give it another one.
protocol ContextCommand: ParsableCommand {
    func run(in context: CommandContext) throws
}

extension ContextCommand {
    func run() throws { try run(in: .live()) }
}
