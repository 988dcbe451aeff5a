// SPDX-License-Identifier: Apache-2.0

extension Document {
    /// Puts a value under a path of object keys. Objects that are missing on the way, or null, are made; of equal keys
    /// the last one, which counts, is changed. Every byte outside the value stays as it is.
    ///
    /// - Throws: when something on the path is there and is no object.
    package mutating func set(_ value: Literal, at path: [String]) throws(DocumentError) {
        var holder = root
        for (depth, key) in path.enumerated() {
            if holder.isNull, depth > 0 { return try replace(holder, with: Self.nested(path[depth...], value)) }
            guard holder.kind == .object else {
                let name = depth == 0 ? "The document" : "'\(path[..<depth].joined(separator: "."))'"
                throw DocumentError(bytes, at: holder.span.lowerBound, "\(name) is not an object.")
            }
            guard let next = holder[key] else {
                let member = Literal.Member(key, Self.nested(path[(depth + 1)...], value))
                return try splice(insertion(of: member, into: holder))
            }
            holder = next
        }
        try replace(holder, with: value)
    }

    private static func nested(_ path: ArraySlice<String>, _ value: Literal) -> Literal {
        path.reversed().reduce(value) { .object([.init($1, $0)]) }
    }

    private mutating func replace(_ element: Element, with value: Literal) throws(DocumentError) {
        let text = value.pretty(layout(margin: margin(at: element.span.lowerBound)))
        try splice([Splice(range: element.span, text: text)])
    }

    /// Takes a member away with its comma; comments around it stay.
    ///
    /// - Returns: false when there was nothing under the path.
    @discardableResult
    package mutating func remove(at path: [String]) throws(DocumentError) -> Bool {
        guard let key = path.last, element(at: path) != nil else { return false }
        // Older members of the same name go as well: otherwise one of them would count again.
        while let holder = element(at: Array(path.dropLast())), let index = holder.memberIndices(of: key).last {
            try splice(removal(of: index, from: holder))
        }
        return true
    }

    // MARK: Insertion

    private func insertion(of member: Literal.Member, into object: Element) -> [Splice] {
        let closing = object.span.upperBound - 1
        guard let last = object.memberIndices.last else { return [insertion(of: member, intoEmpty: object)] }
        let valueEnd = Int(nodes[last + 1].end)
        let comma = comma(from: valueEnd, to: closing)
        let first = Int(nodes[object.index + 1].start)
        guard hasLineBreak(object.span.lowerBound..<first) else {
            let text = member.text(layout(margin: margin(at: object.span.lowerBound)))
            let place = comma.map { $0 + 1 } ?? valueEnd
            return [Splice(range: place..<place, text: comma == nil ? ", \(text)" : " \(text),")]
        }
        let style = layout(margin: margin(at: first))
        let text = style.lineBreak + style.margin + member.text(style)
        let end = endOfLine(from: comma.map { $0 + 1 } ?? valueEnd, to: closing)
        if comma != nil { return [Splice(range: end..<end, text: text + ",")] }
        if end == valueEnd { return [Splice(range: end..<end, text: "," + text)] }
        return [Splice(range: valueEnd..<valueEnd, text: ","), Splice(range: end..<end, text: text)]
    }

    private func insertion(of member: Literal.Member, intoEmpty object: Element) -> Splice {
        let closing = object.span.upperBound - 1
        let place = endOfComments(from: object.span.lowerBound + 1, to: closing)
        let outer = layout(margin: margin(at: object.span.lowerBound))
        var inner = outer
        inner.margin += outer.unit
        var text = inner.lineBreak + inner.margin + member.text(inner)
        if !hasLineBreak(place..<closing) { text += outer.lineBreak + outer.margin }
        return Splice(range: place..<place, text: text)
    }

    // MARK: Removal

    private func removal(of key: Int, from object: Element) -> [Splice] {
        let closing = object.span.upperBound - 1
        let keyStart = Int(nodes[key].start)
        let valueEnd = Int(nodes[key + 1].end)
        if let comma = comma(from: valueEnd, to: closing) {
            let start = startOfOwnLine(keyStart)
            let isBare = comma == valueEnd || !bytes[valueEnd..<comma].contains { !isSpace($0) }
            guard isBare else {
                return [
                    Splice(range: keyStart..<valueEnd, text: ""), Splice(range: comma..<(comma + 1), text: ""),
                ]
            }
            if let start, let next = startOfNextLine(comma + 1) { return [Splice(range: start..<next, text: "")] }
            let end = start == nil ? spaceEnd(from: comma + 1, to: closing) : comma + 1
            return [Splice(range: keyStart..<end, text: "")]
        }
        var splices: [Splice] = []
        let indices = object.memberIndices
        if let position = indices.firstIndex(of: key), position > 0 {
            let before = Int(nodes[indices[position - 1] + 1].end)
            if let comma = self.comma(from: before, to: keyStart) {
                splices.append(Splice(range: comma..<(comma + 1), text: ""))
            }
        }
        if let start = startOfOwnLine(keyStart), let next = startOfNextLine(valueEnd) {
            splices.append(Splice(range: start..<next, text: ""))
        } else {
            splices.append(Splice(range: keyStart..<valueEnd, text: ""))
        }
        return splices
    }
}

extension Literal.Member {
    fileprivate func text(_ layout: Literal.Layout) -> String {
        var text = ""
        Literal.quote(key, to: &text)
        return text + ": " + value.pretty(layout)
    }
}
