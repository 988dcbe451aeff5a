// SPDX-License-Identifier: Apache-2.0
import Credentials
import TestKit
import Testing

@testable import Gateway

#if canImport(Glibc)
    import Glibc
#endif

/// Certificate authorities that cannot be read: which, why, and what helps.
@Suite struct TrustFlawTests {
    private let folder = ScratchFolder()
    private var missing: String { folder.path("none.crt") }

    private func file(_ text: String, mode: UInt32 = 0o644) -> String {
        folder.write(Array(text.utf8), to: "ca.crt", mode: mode)
        return folder.path("ca.crt")
    }

    @Test func `a list that is there has no flaw, wherever it is`() {
        let good = file("# ours\n-----BEGIN CERTIFICATE-----\n")
        #expect(TrustFlaw.ofSystem(files: [good, missing], folder: missing) == nil)
        #expect(TrustFlaw.ofSystem(files: [missing, good], folder: missing) == nil)
        #expect(TrustFlaw.ofSystem(files: [missing], folder: folder.path) == nil)
    }

    @Test func `the system's authorities are blamed by name, with the cause`() {
        // Below a file there is nothing, whoever asks.
        let denied = TrustFlaw.ofSystem(files: [missing, "/dev/null/ca.crt"], folder: folder.path)
        #expect(denied == .system(path: "/dev/null/ca.crt", why: "Not a directory."))
        let empty = file("this is none")
        let garbage = TrustFlaw.ofSystem(files: [empty], folder: folder.path)
        #expect(garbage == .system(path: empty, why: "It holds no certificate (PEM)."))
        let none = TrustFlaw.ofSystem(files: [missing], folder: missing)
        #expect(none == .system(path: nil, why: "None of \(missing), \(missing) is there."))
    }

    @Test func `a pipe in the place of a provider's file is not waited for`() throws {
        let path = folder.path("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        let place = UpstreamAddresses.Place(host: "127.0.0.1", port: 1, isTLS: true, caFile: path)
        #expect(throws: TrustFlaw.file(path: path, why: "It holds no certificate (PEM).")) {
            try UpstreamAddresses(isForConnecting: false).address(of: place)
        }
    }

    @Test(arguments: [
        (TrustFlaw.system(path: "/x y/ca.crt", why: "Permission denied."), "namei -l '/x y/ca.crt' shows"),
        (.system(path: "/x/ca.crt", why: "It holds no certificate (PEM)."), "Install the package ca-certificates anew"),
        (.system(path: nil, why: "None of it is there."), "Install the package ca-certificates, then restart"),
        (.file(path: "/x/ca.pem", why: "Permission denied."), "config set models.providers.anthropic.caFile /PATH"),
    ])
    func `what helps is said, and no path to clients`(flaw: TrustFlaw, fix: String) {
        let fault = flaw.fault(of: .anthropic)
        #expect(fault.advice.fix.contains(fix))
        #expect(!"\(fault.told) \(fault.remedy)".contains("/"))
        #expect(fault.remedy.hasSuffix("agenticflow-enterprise doctor"))
    }
}
