// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOSSL
import Testing

@testable import ProviderSimulator

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// TLS, gzip and the older protocol.
@Suite struct TransportTests {
    /// A certificate for localhost, made anew with the `openssl` command.
    private static func withCertificate(_ test: (Simulator.TLSFiles) async throws -> Void) async throws {
        var name = Array("/tmp/simulator-tls-XXXXXX\0".utf8CString)
        let folder = try #require(mkdtemp(&name).map { String(cString: $0) })
        defer {
            for file in ["cert.pem", "key.pem"] { unlink("\(folder)/\(file)") }
            rmdir(folder)
        }
        let files = Simulator.TLSFiles(certificate: "\(folder)/cert.pem", key: "\(folder)/key.pem")
        let words = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-batch",
            "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout",
            files.key, "-out", files.certificate,
        ]
        #expect(try run(words) == 0)
        try await test(files)
    }

    private static func run(_ words: [String]) throws -> Int32 {
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0)
        var process: pid_t = 0
        try #require(
            posix_spawnp(&process, words[0], &files, nil, &arguments, environ) == 0, "openssl is not installed")
        var status: Int32 = 0
        waitpid(process, &status, 0)
        return status
    }

    private static func withTLS(_ test: (Simulator, RawClient) async throws -> Void) async throws {
        try await withCertificate { files in
            var options = Simulator.Options()
            options.tls = files
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.trustRoots = .file(files.certificate)
            let context = try NIOSSLContext(configuration: configuration)
            try await withSimulator(options) { simulator in
                try await test(simulator, RawClient(port: simulator.port, tls: context))
            }
        }
    }

    @Test func `https serves plain answers and streams`() async throws {
        try await Self.withTLS { simulator, client in
            #expect(simulator.url == "https://127.0.0.1:\(simulator.port)")
            for stream in [false, true] {
                let ask = Ask.messages("sk-sim-ok-a", stream: stream)
                let (text, _) = try await client.exchange(ask.text, until: { RawAnswer($0).isComplete })
                #expect(RawAnswer(text).status == 200 && RawAnswer(text).isComplete)
            }
        }
    }

    @Test func `a reset goes past TLS and its goodbye`() async throws {
        try await Self.withTLS { _, client in
            let (text, ending) = try await client.exchange(Ask.messages("sk-sim-text-then-reset-a", stream: true).text)
            #expect(RawAnswer(text).events.last?.name == "content_block_delta" && ending == .reset)
        }
    }

    @Test func `plain text to https gets no answer`() async throws {
        try await Self.withTLS { simulator, _ in
            let (text, _) = try await simulator.client.exchange(Ask.messages("sk-sim-ok-a").text)
            #expect(!text.hasPrefix("HTTP/") && simulator.record.requests.isEmpty)
        }
    }

    @Test(arguments: ["/nowhere/cert.pem"])
    func `a certificate that is not there stops the start`(file: String) async throws {
        var options = Simulator.Options()
        options.tls = Simulator.TLSFiles(certificate: file, key: file)
        await #expect(throws: (any Error).self) { try await Simulator.start(options) }
    }

    // MARK: gzip

    private static func number<Number: FixedWidthInteger>(_ bytes: inout ByteBuffer, _: Number.Type) -> Number? {
        bytes.readInteger(endianness: .little)
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var checksum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            checksum ^= UInt32(byte)
            for _ in 0..<8 { checksum = checksum & 1 == 1 ? 0xEDB8_8320 ^ (checksum >> 1) : checksum >> 1 }
        }
        return ~checksum
    }

    /// Unpacks stored blocks, and checks the trailer.
    private static func unpack(_ bytes: ByteBuffer) throws -> String {
        var rest = bytes
        let head = rest.readBytes(length: 10)
        #expect(head == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF])
        var whole: [UInt8] = []
        while rest.readInteger(as: UInt8.self) == 0 {
            let length = try #require(number(&rest, UInt16.self))
            let complement = number(&rest, UInt16.self)
            #expect(complement == ~length)
            whole += rest.readBytes(length: Int(length)) ?? []
        }
        let last = rest.readBytes(length: 4)
        #expect(last == [0, 0, 0xFF, 0xFF])
        let trailer = [number(&rest, UInt32.self), number(&rest, UInt32.self)]
        #expect(trailer == [checksum(whole), UInt32(whole.count)] && rest.readableBytes == 0)
        return String(decoding: whole, as: UTF8.self)
    }

    @Test(arguments: ["", "a", String(repeating: "long ", count: 40_000)])
    func `gzip is written so that it can be read`(text: String) throws {
        var gzip = GzipBytes()
        var bytes = GzipBytes.head
        bytes.writeImmutableBuffer(gzip.blocks(ByteBuffer(string: text)))
        bytes.writeImmutableBuffer(gzip.end())
        #expect(try Self.unpack(bytes) == text)
    }

    @Test(arguments: [false, true])
    func `a gzip answer says so and is good`(stream: Bool) throws {
        let ruling = Ruling(label: "a", fault: .gzip, parameters: FaultParameters())
        let script = Composer(call: Composer.call(.messages, stream: stream), ruling: ruling, now: .now).script()
        guard case .write(let bytes)? = script.steps.first, script.steps.count == 1 else {
            Issue.record("it goes out at once")
            return
        }
        let all = Array(bytes.readableBytesView)
        let head = try #require(all.indices.first { all[$0...].starts(with: Array("\r\n\r\n".utf8)) })
        #expect(String(decoding: all[..<head], as: UTF8.self).holds("content-encoding: gzip"))
        let body = stream ? Self.dechunked(all[(head + 4)...]) : Array(all[(head + 4)...])
        let text = try Self.unpack(ByteBuffer(bytes: body))
        #expect(stream ? text.hasSuffix("data: {\"type\":\"message_stop\"}\n\n") : text.holds("Hello from a."))
    }

    private static func dechunked(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var (rest, whole) = (bytes, [UInt8]())
        while let end = rest.firstIndex(of: UInt8(ascii: "\r")),
            let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16), size > 0
        {
            whole += rest[(end + 2)...].prefix(size)
            rest = rest[(end + 2 + size + 2)...]
        }
        return whole
    }

    // MARK: HTTP

    @Test func `an HTTP 1.0 client gets a stream without chunks, up to the end of the connection`() async throws {
        try await withSimulator { simulator in
            let ask = Ask.messages("sk-sim-ok-a", stream: true).text.replacing("HTTP/1.1", with: "HTTP/1.0")
            let (text, ending) = try await simulator.client.exchange(ask)
            let answer = RawAnswer(text)
            #expect(answer["transfer-encoding"] == nil && answer["connection"] == "close" && ending == .closed)
            #expect(answer.events.last?.name == "message_stop")
        }
    }

    @Test func `who waits for permission to send a body gets it`() async throws {
        try await withSimulator { simulator in
            let ask = Ask.messages("sk-sim-ok-a").adding("expect: 100-continue", "connection: close")
            let (text, _) = try await simulator.client.exchange(ask.text)
            #expect(text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"))
        }
    }

    @Test func `what is no HTTP is refused`() async throws {
        try await withSimulator { simulator in
            let (text, ending) = try await simulator.client.exchange("no such thing\r\n\r\n")
            #expect(text.hasPrefix("HTTP/1.1 400 ") && ending == .closed)
        }
    }
}
