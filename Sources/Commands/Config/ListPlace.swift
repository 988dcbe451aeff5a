// SPDX-License-Identifier: Apache-2.0
import Documents

/// Where a command changes or takes out something below a list of the configuration, by its number: an element that is
/// taken out moves all behind it.
struct ListPlace: Hashable, Sendable {
    /// The outermost one.
    let list: DocumentPath
    /// Of the element in it, and of those in the lists below.
    let numbers: [Int]
    /// The command takes an element out.
    let isTaken: Bool

    /// Nil for what is below no list.
    init?(_ path: DocumentPath, isTaken: Bool) {
        let numbers = path.steps.compactMap { step in if case .index(let number) = step { number } else { nil } }
        guard !numbers.isEmpty else { return nil }
        let first = path.steps.firstIndex { step in if case .index = step { true } else { false } } ?? 0
        list = path.prefix(first)
        self.numbers = numbers
        self.isTaken = isTaken
    }

    /// Whoever types the commands as they stand has to meet the last element first. What is of a list that something is
    /// taken out of is brought together at the first of it; everything else keeps its place.
    static func fromTheEnd<Item>(_ items: [Item], _ place: (Item) -> ListPlace?) -> [Item] {
        let places = items.map(place)
        let moving = Set(places.compactMap { place in place.flatMap { $0.isTaken ? $0.list : nil } })
        var waiting: [DocumentPath: [(numbers: [Int], item: Item)]] = [:]
        for (item, place) in zip(items, places) {
            guard let place, moving.contains(place.list) else { continue }
            waiting[place.list, default: []].append((place.numbers, item))
        }
        return zip(items, places).flatMap { item, place -> [Item] in
            guard let place, moving.contains(place.list) else { return [item] }
            let all = waiting.removeValue(forKey: place.list) ?? []
            return all.sorted { $1.numbers.lexicographicallyPrecedes($0.numbers) }.map(\.item)
        }
    }
}
