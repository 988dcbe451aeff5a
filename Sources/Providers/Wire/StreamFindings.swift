// SPDX-License-Identifier: Apache-2.0

/// What the events of one stream add up to.
struct StreamFindings: Sendable {
    private(set) var isMeaningful = false
    private(set) var hasOutput = false
    /// Nothing is to come but, perhaps, counts.
    var isTerminal: Bool { isOver || choices.areOver }
    private var isOver = false
    private var choices = PayloadReader.Choices()
    private(set) var hasError = false
    private(set) var error: InBandError?
    private(set) var counts = UsageCounts()

    /// Chat's `[DONE]`.
    mutating func noteDone() {
        isOver = true
        isMeaningful = true
    }

    /// - Parameters:
    ///   - payload: the event's JSON; only read, but in place, because a copy of it costs as much as the rest.
    ///   - named: what the event's `event:` line said; its JSON's own `type` wins where both speak.
    mutating func note(_ payload: inout PayloadReader, named: EventKind) {
        guard payload.isComplete || named == .error else { return }
        let kind = payload.kind == .unnamed ? named : payload.kind
        counts.replace(with: payload.counts)
        choices.add(payload.choices)
        let ends = kind == .completion || payload.signs.contains(.finish)
        if kind == .completion || kind == .failure { isOver = true }
        if kind == .error || kind == .failure || named == .error || payload.signs.contains(.error) {
            if !hasError { error = payload.error }
            hasError = true
            return
        }
        if !payload.signs.isDisjoint(with: [.output, .tool, .refusal]) { hasOutput = true }
        if hasOutput || ends { isMeaningful = true }
    }
}
