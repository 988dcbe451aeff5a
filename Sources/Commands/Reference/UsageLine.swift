// SPDX-License-Identifier: Apache-2.0

extension CommandOutline {
    /// Everything that may follow the command's words, each part whole: what has to be given first.
    ///
    /// - Parameter arguments: ``arguments``, read once.
    func usageParts(_ arguments: [ArgumentOutline]) -> [String] {
        let shown = arguments.filter { $0.isShown && !$0.isBuiltIn }
        let named = shown.filter { $0.kind != .positional }
        let words = shown.filter { $0.kind == .positional }
        let parts = (named.filter { !$0.isOptional } + named.filter(\.isOptional) + words).map(\.synopsis)
        if subcommands.isEmpty { return parts }
        return parts + [defaultSubcommand == nil ? "<command>" : "[<command>]"]
    }
}

extension ArgumentOutline {
    /// Those that every command has.
    var isBuiltIn: Bool { names.contains("--help") || names.contains("--version") }
}
