// SPDX-License-Identifier: Apache-2.0

extension Document {
    /// Puts a value under a path of object keys. Objects that are missing on the way, or null, are made; of equal keys
    /// the last one, which counts, is changed. Every byte outside the value stays as it is.
    ///
    /// - Throws: when something on the path is there and is no object.
    package mutating func set(_ value: Literal, at path: [String]) throws(DocumentError) {
        try set(value, at: DocumentPath(path))
    }

    /// Puts a value under a path. What is missing on the way, or null, is made: an object for a key, a list for the
    /// index 0. The index after the last element adds one.
    ///
    /// - Throws: when something on the path is of another kind, or an index is beyond the end of its list.
    package mutating func set(_ value: Literal, at path: DocumentPath) throws(DocumentError) {
        var holder = root
        for (depth, step) in path.steps.enumerated() {
            let rest = path.steps[(depth + 1)...]
            if holder.isNull, depth > 0 {
                return try replace(holder, with: nested(path.steps[depth...], value, at: holder))
            }
            try check(holder, takes: step, at: path.prefix(depth))
            guard let next = holder[step] else {
                let inner = try nested(rest, value, at: holder)
                return try splice(insertion(of: Entry(step, inner), into: holder))
            }
            holder = next
        }
        try replace(holder, with: value)
    }

    /// Adds an element to the end of a list. A list that is missing or null is made, and the objects on the way.
    package mutating func append(_ value: Literal, toListAt path: [String]) throws(DocumentError) {
        try append(value, toListAt: DocumentPath(path))
    }

    package mutating func append(_ value: Literal, toListAt path: DocumentPath) throws(DocumentError) {
        guard let list = element(at: path), !list.isNull else { return try set(.array([value]), at: path) }
        try insert(value, at: list.elements.count, inListAt: path)
    }

    /// Adds an element to a list, before the one that has the index now.
    package mutating func insert(_ value: Literal, at index: Int, inListAt path: DocumentPath) throws(DocumentError) {
        guard let list = element(at: path), list.kind == .array else {
            return try set(value, at: path.appending(.index(index)))
        }
        try check(list, takes: .index(index), at: path)
        let entry = Entry(.index(index), value)
        if index == 0, !list.elements.isEmpty { return try splice([insertion(of: entry, beforeFirstOf: list)]) }
        try splice(insertion(of: entry, into: list))
    }

    /// Takes a member away with its comma; comments around it stay.
    ///
    /// - Returns: false when there was nothing under the path.
    @discardableResult
    package mutating func remove(at path: [String]) throws(DocumentError) -> Bool {
        try remove(at: DocumentPath(path))
    }

    /// Takes a member, or an element of a list, away with its comma; comments around it stay.
    @discardableResult
    package mutating func remove(at path: DocumentPath) throws(DocumentError) -> Bool {
        guard let step = path.last, element(at: path) != nil else { return false }
        switch step {
        case .index(let index): return try removeElement(at: index, inListAt: path.parent)
        case .key(let key):
            // Older members of the same name go as well: otherwise one of them would count again.
            while let holder = element(at: path.parent), let index = holder.memberIndices(of: key).last {
                let all = spans(of: holder)
                guard let position = all.firstIndex(where: { $0.lowerBound == Int(nodes[index].start) }) else { break }
                try splice(removal(of: position, from: holder))
            }
            return true
        }
    }

    @discardableResult
    package mutating func removeElement(at index: Int, inListAt path: [String]) throws(DocumentError) -> Bool {
        try removeElement(at: index, inListAt: DocumentPath(path))
    }

    /// - Returns: false when there is no such element.
    @discardableResult
    package mutating func removeElement(at index: Int, inListAt path: DocumentPath) throws(DocumentError) -> Bool {
        guard let list = element(at: path), list.kind == .array, list.elements.indices.contains(index) else {
            return false
        }
        try splice(removal(of: index, from: list))
        return true
    }

    // MARK: Values

    private func check(_ holder: Element, takes step: PathStep, at path: DocumentPath) throws(DocumentError) {
        // audited: a message, not a command
        let name = path.isEmpty ? "The document" : "'\(path)'"
        switch step {
        case .key: if holder.kind != .object { throw failure(holder, "\(name) is not an object.") }
        case .index(let index):
            guard holder.kind == .array else { throw failure(holder, "\(name) is not a list.") }
            let count = holder.elements.count
            guard (0...count).contains(index) else {
                throw failure(holder, "\(name) has \(count) elements; there is no place \(index) in it.")
            }
        }
    }

    private func failure(_ element: Element, _ problem: String) -> DocumentError {
        DocumentError(bytes, at: element.span.lowerBound, problem)
    }

    /// The value with the objects and lists that a path needs around it.
    private func nested(
        _ steps: ArraySlice<PathStep>, _ value: Literal, at holder: Element
    ) throws(DocumentError) -> Literal {
        var made = value
        for step in steps.reversed() {
            switch step {
            case .key(let key): made = .object([.init(key, made)])
            case .index(0): made = .array([made])
            case .index(let index): throw failure(holder, "A list that is not there yet has no place \(index).")
            }
        }
        return made
    }

    private mutating func replace(_ element: Element, with value: Literal) throws(DocumentError) {
        let text = value.pretty(layout(margin: margin(at: element.span.lowerBound)))
        try splice([Splice(range: element.span, text: text)])
    }
}
