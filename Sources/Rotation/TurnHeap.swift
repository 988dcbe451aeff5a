// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials

/// A candidate's claim to be next: kind first, then the one that has waited longest, then the name.
struct Turn: Hashable, Sendable, Comparable {
    var rank: Int
    var lastUsed: Date?
    var id: ProfileID
    var index: Int

    static func < (a: Turn, b: Turn) -> Bool {
        if a.rank != b.rank { return a.rank < b.rank }
        switch (a.lastUsed, b.lastUsed) {
        case (nil, nil): return a.id < b.id
        case (nil, _): return true
        case (_, nil): return false
        case (let first?, let second?): return first == second ? a.id < b.id : first < second
        }
    }
}

/// A binary heap with the smallest turn on top.
struct TurnHeap: Sendable {
    private var turns: [Turn] = []

    var top: Turn? { turns.first }

    mutating func push(_ turn: Turn) {
        turns.append(turn)
        var child = turns.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard turns[child] < turns[parent] else { return }
            turns.swapAt(child, parent)
            child = parent
        }
    }

    mutating func pop() {
        guard let last = turns.popLast(), !turns.isEmpty else { return }
        turns[0] = last
        sink()
    }

    mutating func replaceTop(with turn: Turn) {
        guard !turns.isEmpty else { return }
        turns[0] = turn
        sink()
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < turns.count else { return }
            if child + 1 < turns.count, turns[child + 1] < turns[child] { child += 1 }
            guard turns[child] < turns[parent] else { return }
            turns.swapAt(child, parent)
            parent = child
        }
    }
}
