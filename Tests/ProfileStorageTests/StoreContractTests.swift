// SPDX-License-Identifier: Apache-2.0
import Credentials
import ProfileStorage
import TestKit
import Testing

@Suite struct StoreContractTests {
    @Test func `the file keeps every promise of a store`() async {
        let contract = CredentialStoreContract {
            let scratch = ScratchFolder(missing: "agents/main/agent")
            return { () throws(StoreError) in AuthProfilesFile(folder: scratch.path, lockWait: .seconds(60)) }
        }
        #expect(await contract.violations() == [])
    }

    @Test func `the store in memory keeps every promise of a store`() async {
        let contract = CredentialStoreContract {
            let store = InMemoryStore()
            return { () throws(StoreError) in store }
        }
        #expect(await contract.violations() == [])
    }

    @Test func `a store that does not read again under the lock is found out`() async {
        let contract = CredentialStoreContract {
            let scratch = ScratchFolder()
            return { () throws(StoreError) in try BrokenStore(folder: scratch.path, fault: .noReread) }
        }
        let broken = await contract.violations()
        #expect(broken.contains("what others stored is kept"))
        #expect(broken.contains("updates at the same time all count"))
        #expect(!broken.contains("what is stored is read back"))
    }

    @Test func `a copy is not changed by what is stored later`() throws {
        let scratch = ScratchFolder()
        let store = AuthProfilesFile(folder: scratch.path)
        try store.update { $0 = .sample }
        let copy = try store.load()
        try store.update { $0 = ProfileBook() }
        #expect(copy == .sample)
    }
}
