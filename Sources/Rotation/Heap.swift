// SPDX-License-Identifier: Apache-2.0

/// A binary heap with the smallest element on top.
struct Heap<Element: Comparable & Sendable>: Sendable {
    private var elements: [Element]

    /// In linear time.
    init(_ elements: [Element] = []) {
        self.elements = elements
        for parent in stride(from: elements.count / 2 - 1, through: 0, by: -1) { sink(from: parent) }
    }

    var top: Element? { elements.first }
    var isEmpty: Bool { elements.isEmpty }

    mutating func push(_ element: Element) {
        elements.append(element)
        var child = elements.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard elements[child] < elements[parent] else { return }
            elements.swapAt(child, parent)
            child = parent
        }
    }

    mutating func pop() {
        guard let last = elements.popLast(), !elements.isEmpty else { return }
        elements[0] = last
        sink(from: 0)
    }

    mutating func replaceTop(with element: Element) {
        guard !elements.isEmpty else { return }
        elements[0] = element
        sink(from: 0)
    }

    private mutating func sink(from start: Int) {
        var parent = start
        while true {
            var child = 2 * parent + 1
            guard child < elements.count else { return }
            if child + 1 < elements.count, elements[child + 1] < elements[child] { child += 1 }
            guard elements[child] < elements[parent] else { return }
            elements.swapAt(child, parent)
            parent = child
        }
    }
}
