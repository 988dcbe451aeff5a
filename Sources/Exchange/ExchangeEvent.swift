// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import NIOCore
package import Providers
package import Rotation

extension Exchange {
    /// What the drivers report.
    package enum Event: Sendable {
        // The client's side.
        case body(ByteBuffer)
        case bodyEnd
        case clientGone
        // Answers to `route`, `choose` and `classify`.
        case routed([Target])
        case notRouted(Fault)
        case candidate(ProfileID)
        /// `opensIn`: when the soonest of those that cool may be tried again; `causes`: what keeps each of them.
        case noCandidate(Unavailability, opensIn: TimeAmount?, causes: [Cause] = [])
        /// The provider's words in it are without secrets.
        case classified(UpstreamRefusal, from: RefusalSource? = nil)
        // The upstream's side.
        case connected(reused: Bool)
        case connectFailed(UpstreamFailure)
        case upstreamWritable
        case upstreamHead(UpstreamAnswer)
        case upstreamBytes(ByteBuffer)
        /// The answer is complete as its framing says; `reusable`: the connection may carry another request.
        case upstreamEnd(reusable: Bool)
        /// The connection ended or broke before the answer did.
        case upstreamClosed(UpstreamFailure)
        case deadlinePassed
    }

    /// What the drivers are to do, in this order.
    package enum Action: Sendable {
        case route(model: String)
        /// Ask for a credential for a target, passing over those already tried for it.
        case choose(target: Int, tried: [ProfileID])
        case connect(fresh: Bool)
        /// `contentLength` is nil when the body's length is not known yet: it goes out in chunks.
        case sendHead(contentLength: Int?)
        case sendBody(ByteBuffer)
        case sendEnd
        /// Say what this refusal means; answered by `.classified`.
        case classify(status: Int, body: ByteBuffer, inBand: InBandError?)
        /// The one outcome of the attempt.
        case settle(AttemptOutcome)
        case dropUpstream(reusable: Bool)
        /// `length` is known when the whole answer is held.
        case answerHead(length: Int?)
        case answerBytes(ByteBuffer)
        case answerEnd
        /// The upstream's own words about the client's mistake, to be redacted and passed on.
        case answerRefusal(status: Int, body: ByteBuffer)
        case answerError(Fault)
        /// After the commit: the dialect's error frame when `frame` is true, then the connection is cut.
        case breakConnection(frame: Bool, Fault)
    }
}

/// Whom a refusal was for, for the words about it. A class, so that events stay small.
package final class RefusalSource: Sendable {
    package let credential: NamedCredential
    /// The provider's id of the request.
    package let requestID: String?

    package init(credential: NamedCredential, requestID: String?) {
        self.credential = credential
        self.requestID = requestID
    }
}

/// Which agent a request is for.
package struct Asker: Hashable, Sendable {
    package var agent: AgentID
    package var defaultAgent: AgentID
    /// Of providers whose usual id is taken: where one more API key can be stored.
    package var keyPlaces: [ProviderID: ProfileID]
    /// Of providers whose servers may ask for no key.
    package var keyless: Set<ProviderID>
    /// What is stored for it, or for `main` that it inherits from, is not known: a store cannot be read.
    package var isStoreUnreadable: Bool

    package init(
        agent: AgentID = .main, defaultAgent: AgentID = .main, keyPlaces: [ProviderID: ProfileID] = [:],
        keyless: Set<ProviderID> = [], isStoreUnreadable: Bool = false
    ) {
        self.keyless = keyless
        self.isStoreUnreadable = isStoreUnreadable
        self.agent = agent
        self.defaultAgent = defaultAgent
        self.keyPlaces = keyPlaces
    }

    /// The command that stores one more API key.
    package func storingKey(of provider: ProviderID) -> String {
        let place = keyPlaces[provider].map { " --profile-id \($0)" } ?? ""
        return "agenticflow-enterprise models auth paste-api-key --provider \(provider)\(place)\(words)"
    }

    /// The sentence with that command, and what to type where any word will do.
    package func storing(of provider: ProviderID) -> String {
        let command = storingKey(of: provider)
        return "Run: \(command)" + (keyless.contains(provider) ? ". \(Provider.anyWord(command))" : "")
    }

    /// Instead of the advice to store one: where nothing can be read, nothing can be stored either. Nil when all is read.
    package var unreadableStore: String? {
        isStoreUnreadable
            ? "Credentials are stored for agent \(agent), and the file cannot be read. See why: "
                + "agenticflow-enterprise doctor" : nil
    }

    /// What names it in a command; nothing when the command means it anyway.
    package var words: String { words(for: agent) }
    package func words(for agent: AgentID) -> String { agent == defaultAgent ? "" : " --agent \(agent)" }
}

/// A model at a provider: where a request may go.
package struct Target: Hashable, Sendable {
    package var provider: ProviderID
    /// The name as the provider knows it.
    package var model: String
    /// A pinned profile (`model@profile`, or the session's pin): that one or an error.
    package var pinned: ProfileID?

    package init(provider: ProviderID, model: String, pinned: ProfileID? = nil) {
        self.provider = provider
        self.model = model
        self.pinned = pinned
    }
}

/// The head of an upstream's answer, as far as the order of things depends on it.
package struct UpstreamAnswer: Hashable, Sendable {
    package var status: Int
    package var isEventStream: Bool
    /// What the answer is encoded with, when it is not `identity`: we asked for identity, so it is refused.
    package var foreignEncoding: String?

    package init(status: Int, isEventStream: Bool, foreignEncoding: String? = nil) {
        self.status = status
        self.isEventStream = isEventStream
        self.foreignEncoding = foreignEncoding
    }
}

/// Exactly one of these is recorded for each attempt.
package enum AttemptOutcome: Sendable, Equatable {
    case success
    case failure(UpstreamRefusal)
    /// Says nothing about the credential: the client left, or the request itself was at fault.
    case neutral
}
