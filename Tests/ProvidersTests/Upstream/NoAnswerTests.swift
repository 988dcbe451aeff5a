// SPDX-License-Identifier: Apache-2.0
import Providers
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct NoAnswerTests {
    @Test(arguments: [
        (NoAnswer.name, "could not connect to h:1: the name leads to no address"),
        (.connection(ECONNREFUSED), "could not connect to h:1: connection refused"),
        (.connection(ENETUNREACH), "could not connect to h:1: network is unreachable"),
        (.connection(nil), "could not connect to h:1"),
        (
            .tls("wrong version number"),
            "could not connect to h:1: the TLS certificate or handshake was refused: wrong version number"
        ),
        (.deadline(isConnected: false), "could not connect to h:1: no answer in time"),
        (.deadline(isConnected: true), "h:1 gave no answer in time"),
        (.closed, "h:1 closed the connection before its answer was complete"),
    ])
    func `each has words of its own, and an address only where it may be named`(reason: NoAnswer, words: String) {
        #expect(reason.words(at: "h:1") == words)
        #expect(!reason.words(at: nil).contains("h:1") && !reason.words(at: nil).contains("wrong version"))
        let isReached = [.deadline(isConnected: true), .closed].contains(reason)
        #expect(reason.isOnTheWay == !isReached)
    }
}
