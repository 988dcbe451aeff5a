// SPDX-License-Identifier: Apache-2.0
package import Credentials
import Synchronization

/// A store without a file. Passes `CredentialStoreContract`.
package final class InMemoryStore: CredentialStore {
    private let book: Mutex<ProfileBook>

    package init(_ book: ProfileBook = ProfileBook()) { self.book = Mutex(book) }

    package func load() throws(StoreError) -> ProfileBook { book.withLock { $0 } }

    @discardableResult
    package func update<R: Sendable>(
        _ change: @Sendable (inout ProfileBook) throws(StoreError) -> R
    ) throws(StoreError) -> R {
        try book.withLock { held throws(StoreError) in
            var changed = held
            let result = try change(&changed)
            changed.order = changed.order.filter { !$0.value.isEmpty }.mapValues { ids in
                ids.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
            }
            held = changed
            return result
        }
    }
}
