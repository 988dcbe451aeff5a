// SPDX-License-Identifier: Apache-2.0
import Credentials
import Exchange
import NIOCore
import Providers

/// A fault in the client's dialect, ready to be written.
struct ErrorAnswer {
    let status: Int
    let body: ByteBuffer
    let retryAfterSeconds: Int?
    /// False once everything was tried: the official SDKs would multiply our own retries. Nil when nothing was: another
    /// try in a moment is right when the gateway shuts down or is full.
    let shouldRetry: Bool?
    /// The methods of the route, for 405.
    var allow: String?
    private let fault: Fault
    private let message: String
    private let dialect: ClientDialect
    private let requestID: String

    init(_ fault: Fault, dialect: ClientDialect, requestID: ByteBuffer) {
        self.fault = fault
        self.dialect = dialect
        self.requestID = String(buffer: requestID)
        // Whoever reads it sits at a shell of their own.
        message = AddressedLine.text(fault.message, to: AddressedLine.ofThisProcess)
        status = fault.code.status
        retryAfterSeconds = fault.retryAfter.map { Int(($0.nanoseconds + 999_999_999) / 1_000_000_000) }
        shouldRetry = status >= 500 && fault.code != .draining && fault.code != .overloaded ? false : nil
        body = ByteBuffer(
            bytes: DialectError(code: fault.code, message: message, requestID: self.requestID).body(in: dialect))
    }

    /// The frame that ends a stream which has begun (no closing chunk follows).
    var streamFrame: ByteBuffer {
        ByteBuffer(
            bytes: DialectError(code: fault.code, message: message, requestID: requestID).streamFrame(in: dialect)
        )
    }
}
