// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import Documents
import SafeFiles

extension AuthProfilesFile {
    /// What a store begins as.
    package static let emptyText = "{\n  \"version\": 1,\n  \"profiles\": {}\n}\n"

    /// Puts another text in the place of the whole file: for what is no change of a book, such as taking over the shape
    /// of an older program. Every profile that was there stays as it is.
    ///
    /// - Parameter expected: what the file held when the text was made of it; nil for no file.
    /// - Returns: false, and nothing is written, when it holds something else by now.
    package func replace(_ expected: [UInt8]?, with document: Document) throws(StoreError) -> Bool {
        let folder = String(path.dropLast(Self.name.utf8.count + 1))
        let directory = try SafeDirectory(creating: folder)
        return try directory.withLock(Self.lockName, wait: .seconds(10)) { () throws(StoreError) in
            directory.removeLeftovers(beside: Self.name)
            guard try directory.read(Self.name) == expected else { return false }
            let after = try StoredProfiles(document, path: path).book
            if let expected {
                let before: Document
                do throws(DocumentError) { before = try Document(expected, as: .json, maximumDepth: 64) } catch {
                    throw .malformed(path: path, problem: error.description)
                }
                for (id, profile) in try StoredProfiles(before, path: path).book.profiles
                where after.profiles[id] != profile {
                    throw .malformed(path: path, problem: "The change would take \(id) away.")
                }
            }
            try directory.atomicReplace(Self.name, with: document.bytes)
            return true
        }
    }
}
