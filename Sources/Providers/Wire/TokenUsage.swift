// SPDX-License-Identifier: Apache-2.0

/// Tokens that one answer cost, in Anthropic's split: the four counts do not overlap.
package struct TokenUsage: Hashable, Sendable {
    /// Input tokens neither read from nor written to the provider's cache.
    package var input: Int
    package var output: Int
    package var cacheRead: Int
    package var cacheWrite: Int

    package init(input: Int = 0, output: Int = 0, cacheRead: Int = 0, cacheWrite: Int = 0) {
        self.input = input
        self.output = output
        self.cacheRead = cacheRead
        self.cacheWrite = cacheWrite
    }
}

/// Usage fields as a provider wrote them. A later field replaces an earlier one: streams repeat totals, they never add.
struct UsageCounts: Sendable {
    private static let absent = -1
    var input = absent
    var output = absent
    var cacheRead = absent
    var cacheWrite = absent

    var isEmpty: Bool { input & output & cacheRead & cacheWrite == Self.absent }

    mutating func replace(with later: Self) {
        if later.input != Self.absent { input = later.input }
        if later.output != Self.absent { output = later.output }
        if later.cacheRead != Self.absent { cacheRead = later.cacheRead }
        if later.cacheWrite != Self.absent { cacheWrite = later.cacheWrite }
    }

    /// OpenAI counts cached tokens inside the input, Anthropic beside it.
    func usage(in dialect: ClientDialect) -> TokenUsage {
        let (read, written, total) = (max(cacheRead, 0), max(cacheWrite, 0), max(input, 0))
        // The lexer keeps a count below 10^18, so that these differences cannot overflow.
        let uncached = dialect == .anthropic ? total : max(total - read - written, 0)
        return TokenUsage(input: uncached, output: max(output, 0), cacheRead: read, cacheWrite: written)
    }
}
