// SPDX-License-Identifier: Apache-2.0
package import Credentials
import Documents
import FoundationEssentials
import ProfileStorage
import SafeFiles
#if canImport(Glibc)
    import Glibc
#endif

/// `AuthProfilesFile` with one safeguard taken away: what proves that the tests of the safeguards can fail.
package struct BrokenStore: CredentialStore {
    package enum Fault: String, Sendable, CaseIterable {
        /// Empties the file and writes it again in its place.
        case noRename = "no-rename"
        /// Changes the book that was read before the lock was there.
        case noReread = "no-reread"
    }

    private let folder: String
    private let fault: Fault
    /// As it was when this value was made.
    private let early: ProfileBook

    package init(folder: String, fault: Fault) throws(StoreError) {
        self.folder = folder
        self.fault = fault
        early = try AuthProfilesFile(folder: folder).load()
    }

    package func load() throws(StoreError) -> ProfileBook { try AuthProfilesFile(folder: folder).load() }

    @discardableResult
    package func update<R: Sendable>(
        _ change: @Sendable (inout ProfileBook) throws(StoreError) -> R
    ) throws(StoreError) -> R {
        let directory = try SafeDirectory(creating: folder)
        return try directory.withLock("auth-profiles.lock", wait: .seconds(60)) { () throws(StoreError) in
            var book = fault == .noReread ? early : try load()
            let result = try change(&book)
            let text = Array((Literal(book).pretty() + "\n").utf8)
            switch fault {
            case .noReread: try directory.atomicReplace(AuthProfilesFile.name, with: text)
            case .noRename: try overwrite(text)
            }
            return result
        }
    }

    private func overwrite(_ text: [UInt8]) throws(StoreError) {
        let path = "\(folder)/\(AuthProfilesFile.name)"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .io(path: path, operation: "opening", code: errno) }
        defer { close(descriptor) }
        let written = text.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard written == text.count, fsync(descriptor) == 0 else {
            throw .io(path: path, operation: "writing", code: errno)
        }
    }
}

extension Literal {
    /// A whole store, without what this program does not know of.
    fileprivate init(_ book: ProfileBook) {
        let profiles = book.profiles.values.sorted { $0.id < $1.id }.map { Member($0.id.text, Literal($0)) }
        let order = book.order.sorted { $0.key < $1.key }.map { provider, ids in
            Member(provider.text, .array(ids.map { .string($0.text) }))
        }
        self = .object([
            Member("version", .integer(1)), Member("profiles", .object(profiles)), Member("order", .object(order)),
        ])
    }

    private init(_ profile: Profile) {
        let secret = [CredentialKind.apiKey: "key", .token: "token", .oauth: "access"][profile.kind] ?? "key"
        var members = [
            Member("type", .string(profile.kind.rawValue)), Member("provider", .string(profile.provider.text)),
        ]
        if let text = profile.secret?.reveal() { members.append(Member(secret, .string(text))) }
        if let text = profile.refresh?.reveal() { members.append(Member("refresh", .string(text))) }
        if case .at(let date) = profile.expires {
            members.append(Member("expires", .integer(Int64(date.timeIntervalSince1970 * 1000))))
        }
        if let email = profile.email { members.append(Member("email", .string(email))) }
        self = .object(members)
    }
}
