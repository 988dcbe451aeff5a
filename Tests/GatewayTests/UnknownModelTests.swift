// SPDX-License-Identifier: Apache-2.0
import NIOCore
import Testing

@testable import Gateway

@Suite struct UnknownModelTests {
    @Test(arguments: [
        (
            #"{"type":"error","error":{"type":"not_found_error","message":"model: fasst"},"request_id":"r"}"#,
            #"{"type":"error","error":{"type":"not_found_error","message":"model: fasst (No list of the gateway has that name. Did you mean fast?)"},"request_id":"r"}"#
        ),
        (
            "{ \"error\" : \"no such \\u006dodel\" }\n",
            "{ \"error\" : \"no such model (No list of the gateway has that name. Did you mean fast?)\" }\n"
        ),
        (#"{"message":"none"}"#, #"{"message":"none (No list of the gateway has that name. Did you mean fast?)"}"#),
        (#"{"error":{"message":5}}"#, #"{"error":{"message":5}}"#),
        ("<html>not found</html>", "<html>not found</html>"),
        (#"{"error":{"message":"cut"#, #"{"error":{"message":"cut"#), ("", ""), ("[]", "[]"),
    ])
    func `behind the provider's message, and every other byte as it was`(body: String, shown: String) {
        #expect(String(buffer: UnknownModel("fast").added(to: ByteBuffer(string: body))) == shown)
    }
}
