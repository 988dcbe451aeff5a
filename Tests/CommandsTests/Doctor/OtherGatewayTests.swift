// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Commands

#if canImport(Glibc)
    import Glibc
#endif

/// A gateway of another instance on the port of this one.
@Suite struct OtherGatewayTests {
    /// The port that a pretended gateway has noted.
    private static func port(_ instance: Instance) throws -> Int {
        guard case .number(let port) = try JSON(instance.read("gateway.json") ?? "")["port"] else { return 0 }
        return Int(port)
    }

    @Test func `one of this home is named with its process and its state directory`() throws {
        let first = Patient.healthy()
        let gateway = PretendGateway(first, answers: [:])
        let second = "\(first.home)/.agenticflow-enterprise-second"
        let port = try Self.port(first)
        mkdir(second, 0o700)
        first.write(
            "../.agenticflow-enterprise-second/agenticflow-enterprise.json", Patient.config(gateway: "port: \(port),"))
        first.environment["AGENTICFLOW_PROFILE"] = "second"
        first.environment["AGENTICFLOW_GATEWAY_TOKEN"] = nil
        let report = first.run("doctor --only port-in-use").stdout
        let place = "on the state directory ~/.agenticflow-enterprise. Taken on 127.0.0.1"
        #expect(report.contains("why: It is another gateway of this program (pid \(getpid())), \(place)"), "\(report)")
        #expect(report.contains(". Or look at the other one: AGENTICFLOW_STATE_DIR=~/.agenticflow-enterprise "))
        // Its own note was enough.
        #expect(gateway.heard == [])
    }

    @Test func `one that does not show is known by its answer, and hears no token`() throws {
        let live = "{\"status\":\"live\"}\n"
        let other = Instance()
        let gateway = PretendGateway(other, answers: ["/livez": (200, live)])
        let port = try Self.port(other)
        func found(_ states: [String], asking: Bool) -> OtherGateway? {
            OtherGateway.listening(on: port, at: "127.0.0.1", among: states, own: "", asking: asking)
        }
        // The pretended one lacks the field that ours has in every answer.
        #expect(found([], asking: true) == nil)
        #expect(gateway.heard.count == 1)
        #expect(!(gateway.heard.first ?? "").contains("agw_"))
        #expect(found([], asking: false) == nil)
        #expect(gateway.heard.count == 1)
        #expect(found([other.state], asking: false) == OtherGateway(state: other.state, pid: Int64(getpid())))
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nX-AgenticFlow-Request-Id: req_1\r\n\r\n{\"status\":\"live\"}\n", true),
        ("HTTP/1.1 200 OK\r\n\r\n{\"status\":\"live\"}\n", false),
        ("HTTP/1.1 404 Not Found\r\nx-agenticflow-request-id: req_1\r\n\r\n{\"status\":\"live\"}\n", false),
        ("HTTP/1.1 200 OK\r\n\r\nx-agenticflow-request-id: 1", false), ("", false),
    ])
    func `only an answer of ours is one`(answer: String, isOurs: Bool) {
        #expect(OtherGateway.isOurs(Array(answer.utf8)) == isOurs)
    }

    @Test func `a lock is its holder's, and nobody else's`() {
        let instance = Instance()
        let gateway = PretendGateway(instance, answers: [:])
        let lock = "\(instance.state)/gateway.lock"
        #expect(LockHolder.holds(Int64(getpid()), lock: lock))
        #expect(!LockHolder.holds(1, lock: lock))
        #expect(!LockHolder.holds(Int64(getpid()), lock: "\(instance.state)/none"))
        withExtendedLifetime(gateway) {}
    }
}
