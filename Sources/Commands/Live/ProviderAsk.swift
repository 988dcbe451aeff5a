// SPDX-License-Identifier: Apache-2.0
package import Credentials
import Gateway
package import Providers

/// The way to a provider: the real one, or one that a test gives.
package struct ProviderAsk: Sendable {
    /// `done` is called once, on any thread.
    package typealias Call =
        @Sendable (
            _ question: ProviderQuestion, _ to: Recipient, _ patience: Duration,
            _ done: @escaping @Sendable (ProviderReply) -> Void
        ) -> Void

    /// Whom to ask, with what.
    package struct Recipient: Sendable {
        package var provider: Provider
        /// Nil for a page that is open to everybody.
        package var secret: Secret?
        package var caFile: String?
    }

    package var call: Call

    package init(_ call: @escaping Call) { self.call = call }

    package static let live = ProviderAsk { question, recipient, patience, done in
        caller.ask(
            question, of: recipient.provider, with: recipient.secret, caFile: recipient.caFile, patience: patience,
            done: done)
    }

    /// Its trust roots are read with the first question over TLS.
    private static let caller = ProviderCaller()
}
