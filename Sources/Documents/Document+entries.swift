// SPDX-License-Identifier: Apache-2.0

/// What stands between two commas and is to be written: a member of an object, or an element of a list.
struct Entry {
    private let step: PathStep
    private let value: Literal

    init(_ step: PathStep, _ value: Literal) {
        self.step = step
        self.value = value
    }

    /// The place in the list; nil for a member.
    var index: Int? {
        guard case .index(let index) = step else { return nil }
        return index
    }

    func text(_ layout: Literal.Layout) -> String {
        guard case .key(let key) = step else { return value.pretty(layout) }
        var text = ""
        Literal.quote(key, to: &text)
        return text + ": " + value.pretty(layout)
    }
}

/// Puts entries into objects and lists, and takes them out, with their commas.
extension Document {
    /// Where the entries of an object or a list stand, in source order; a member from its key to the end of its value.
    func spans(of holder: Element) -> [Range<Int>] {
        switch holder.kind {
        case .object: holder.memberIndices.map { Int(nodes[$0].start)..<Int(nodes[$0 + 1].end) }
        case .array: holder.elements.map(\.span)
        default: []
        }
    }

    // MARK: Insertion

    /// A member goes behind the last one; an element goes behind the one before its index.
    func insertion(of entry: Entry, into holder: Element) -> [Splice] {
        let all = spans(of: holder)
        guard let first = all.first else { return [insertion(of: entry, intoEmpty: holder)] }
        let position = entry.index ?? all.count
        let before = all[position - 1]
        let end = position < all.count ? all[position].lowerBound : holder.span.upperBound - 1
        let comma = comma(from: before.upperBound, to: end)
        guard hasLineBreak(holder.span.lowerBound..<first.lowerBound) else {
            let text = entry.text(layout(margin: margin(at: holder.span.lowerBound)))
            let place = comma.map { $0 + 1 } ?? before.upperBound
            return [Splice(range: place..<place, text: comma == nil ? ", \(text)" : " \(text),")]
        }
        let style = layout(margin: margin(at: first.lowerBound))
        let text = style.lineBreak + style.margin + entry.text(style)
        let line = endOfLine(from: comma.map { $0 + 1 } ?? before.upperBound, to: end)
        if comma != nil { return [Splice(range: line..<line, text: text + ",")] }
        if line == before.upperBound { return [Splice(range: line..<line, text: "," + text)] }
        return [
            Splice(range: before.upperBound..<before.upperBound, text: ","), Splice(range: line..<line, text: text),
        ]
    }

    func insertion(of entry: Entry, beforeFirstOf holder: Element) -> Splice {
        let opened = holder.span.lowerBound + 1
        guard let first = spans(of: holder).first?.lowerBound, hasLineBreak(opened..<first) else {
            let text = entry.text(layout(margin: margin(at: holder.span.lowerBound)))
            return Splice(range: opened..<opened, text: "\(text), ")
        }
        let style = layout(margin: margin(at: first))
        let place = endOfLine(from: opened, to: first)
        return Splice(range: place..<place, text: style.lineBreak + style.margin + entry.text(style) + ",")
    }

    private func insertion(of entry: Entry, intoEmpty holder: Element) -> Splice {
        let closing = holder.span.upperBound - 1
        let place = endOfComments(from: holder.span.lowerBound + 1, to: closing)
        let outer = layout(margin: margin(at: holder.span.lowerBound))
        var inner = outer
        inner.margin += outer.unit
        var text = inner.lineBreak + inner.margin + entry.text(inner)
        if !hasLineBreak(place..<closing) { text += outer.lineBreak + outer.margin }
        return Splice(range: place..<place, text: text)
    }

    // MARK: Removal

    func removal(of position: Int, from holder: Element) -> [Splice] {
        let all = spans(of: holder)
        let gone = all[position]
        let closing = holder.span.upperBound - 1
        if let comma = comma(from: gone.upperBound, to: closing) {
            let start = startOfOwnLine(gone.lowerBound)
            let isBare = comma == gone.upperBound || !bytes[gone.upperBound..<comma].contains { !isSpace($0) }
            guard isBare else {
                return [Splice(range: gone, text: ""), Splice(range: comma..<(comma + 1), text: "")]
            }
            if let start, let next = startOfNextLine(comma + 1) { return [Splice(range: start..<next, text: "")] }
            let end = start == nil ? spaceEnd(from: comma + 1, to: closing) : comma + 1
            return [Splice(range: gone.lowerBound..<end, text: "")]
        }
        var splices: [Splice] = []
        if position > 0, let comma = comma(from: all[position - 1].upperBound, to: gone.lowerBound) {
            splices.append(Splice(range: comma..<(comma + 1), text: ""))
        }
        if let start = startOfOwnLine(gone.lowerBound), let next = startOfNextLine(gone.upperBound) {
            splices.append(Splice(range: start..<next, text: ""))
        } else {
            splices.append(Splice(range: gone, text: ""))
        }
        return splices
    }
}
