// SPDX-License-Identifier: Apache-2.0
package import Credentials
import FoundationEssentials

/// What every `CredentialStore` promises, whatever it rests on.
///
/// Gives the promises that were broken instead of failing a test, so that a broken twin can be asked as well.
package struct CredentialStoreContract<Store: CredentialStore>: Sendable {
    /// Makes a new, empty store; what it gives opens that store, each time anew, as another process would.
    package typealias Maker = @Sendable () throws -> @Sendable () throws(StoreError) -> Store
    private typealias Opener = @Sendable () throws(StoreError) -> Store

    private let make: Maker

    package init(make: @escaping Maker) { self.make = make }

    /// The promises that do not hold; none when all is well.
    package func violations() async -> [String] {
        let promises: [(String, @Sendable (@escaping Opener) async throws -> Bool)] = [
            ("an empty store holds nothing", isEmptyAtFirst), ("what is stored is read back", givesBack),
            ("an update gives what the change gave", givesResult), ("a refusal changes nothing", refuses),
            ("what others stored is kept", keepsTheirs), ("an entry is replaced whole", replaces),
            ("what is removed is gone, and nothing else", removes), ("an order is set and cleared", orders),
            ("updates at the same time all count", countsAll),
        ]
        var broken: [String] = []
        for (promise, holds) in promises {
            do { if try await !holds(make()) { broken.append(promise) } } catch {
                broken.append("\(promise): \(error)")
            }
        }
        return broken
    }

    // MARK: Promises

    private func isEmptyAtFirst(_ open: Opener) throws -> Bool { try open().load() == ProfileBook() }

    private func givesBack(_ open: Opener) throws -> Bool {
        let store = try open()
        try store.update { $0 = .sample }
        return try store.load() == .sample && open().load() == .sample
    }

    private func givesResult(_ open: Opener) throws -> Bool {
        try open().update { book in
            book = .sample
            return book.profiles.count
        } == ProfileBook.sample.profiles.count
    }

    private func refuses(_ open: Opener) throws -> Bool {
        let store = try open()
        try store.update { $0 = .sample }
        let refusal = StoreError.refused(Advice(what: "No.", why: "It is a test.", fix: "None."))
        do {
            try store.update { book throws(StoreError) in
                book = ProfileBook()
                throw refusal
            }
            return false
        } catch { return try error == refusal && open().load() == .sample }
    }

    private func keepsTheirs(_ open: Opener) throws -> Bool {
        let early = try open()
        _ = try early.load()
        try open().update { $0.add("anthropic:theirs", "sk-theirs") }
        try early.update { $0.add("anthropic:ours", "sk-ours") }
        return try open().load().profiles.keys.sorted().map(\.text) == ["anthropic:ours", "anthropic:theirs"]
    }

    private func replaces(_ open: Opener) throws -> Bool {
        let store = try open()
        try store.update { $0 = .sample }
        var expected = ProfileBook.sample
        for profile in expected.profiles.values {
            expected.profiles[profile.id] = Profile(
                id: profile.id, provider: profile.provider, kind: profile.kind == .apiKey ? .token : .apiKey,
                secret: Secret("new-\(profile.id)"))
        }
        try store.update { [expected] book in book.profiles = expected.profiles }
        return try open().load() == expected
    }

    private func removes(_ open: Opener) throws -> Bool {
        let store = try open()
        try store.update { $0 = .sample }
        var expected = ProfileBook.sample
        guard let id = expected.profiles.keys.min() else { return false }
        expected.profiles[id] = nil
        try store.update { $0.profiles[id] = nil }
        return try open().load() == expected
    }

    private func orders(_ open: Opener) throws -> Bool {
        let store = try open()
        try store.update { $0 = .sample }
        let ids = ProfileBook.sample.profiles.keys.sorted()
        try store.update { $0.order = [.openai: ids + ids, .anthropic: []] }
        guard try open().load().order == [.openai: ids] else { return false }
        try store.update { $0.order = [:] }
        return try open().load() == ProfileBook(profiles: ProfileBook.sample.profiles)
    }

    private func countsAll(_ open: @escaping Opener) async throws -> Bool {
        let (writers, updates) = (6, 6)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    let store = try open()
                    for number in 0..<updates { try store.update { $0.add("openai:w\(writer)-\(number)", "sk") } }
                }
            }
            try await group.waitForAll()
        }
        let book = try open().load()
        return book.profiles.count == writers * updates && book.order[.openai]?.count == writers * updates
    }
}

extension ProfileBook {
    /// One profile of each kind, and an order.
    package static var sample: ProfileBook {
        var book = ProfileBook()
        for kind in CredentialKind.allCases {
            for (name, expires) in [("a", Expiry.never), ("b", .at(Date(timeIntervalSince1970: 1_800_000_000.125)))] {
                guard let id = ProfileID("anthropic:\(kind.rawValue)-\(name)") else { continue }
                book.profiles[id] = Profile(
                    id: id, provider: .anthropic, kind: kind, secret: Secret("sk-\(id)-\"\\\u{1F511}"),
                    refresh: kind == .oauth ? Secret("refresh-\(id)") : nil, expires: expires,
                    email: name == "a" ? "me@example.org" : nil)
            }
        }
        book.order = [.anthropic: book.profiles.keys.sorted().reversed()]
        return book
    }

    /// Adds an API key, at the end of its provider's order.
    package mutating func add(_ text: String, _ key: String) {
        guard let id = ProfileID(text), let provider = ProviderID(text.prefix { $0 != ":" }) else { return }
        profiles[id] = Profile(id: id, provider: provider, kind: .apiKey, secret: Secret(key))
        if order[provider]?.contains(id) != true { order[provider, default: []].append(id) }
    }
}
