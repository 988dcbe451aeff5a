// SPDX-License-Identifier: Apache-2.0
import Credentials
import Exchange
import Providers

/// The token that clients of the gateway present, in `Authorization: Bearer` or `x-api-key`.
struct ClientToken: Sendable {
    private let expected: [UInt8]

    /// - Parameter token: nil when none could be read: nobody is let in then.
    init(_ token: Secret?) { expected = token.map { Array($0.reveal().utf8) } ?? [] }

    /// Somebody can be let in.
    var isKnown: Bool { !expected.isEmpty }

    /// - Throws: what to answer with when the request does not carry the token.
    func admit(_ fields: HeadFields) throws(Fault) {
        if isShown(in: fields) { return }
        guard isKnown else {
            throw Fault(
                .wrongClientToken,
                "No client is let in: the gateway has no client token. Why, and what to do: "
                    + "agenticflow-enterprise gateway token --show")
        }
        if !fields.authorizations.isEmpty || !fields.apiKeys.isEmpty {
            throw Fault(
                .wrongClientToken,
                "The client token is not the gateway's. Show the right one with: agenticflow-enterprise gateway token --show"
            )
        }
        throw Fault(
            .missingClientToken,
            "The request carries no client token. Send it as \"Authorization: Bearer TOKEN\" or \"x-api-key: TOKEN\"; "
                + "show it with: agenticflow-enterprise gateway token --show")
    }

    func isShown(in fields: HeadFields) -> Bool {
        for value in fields.authorizations { if let bearer = value.bearerToken, matches(bearer) { return true } }
        for value in fields.apiKeys where matches(value[...]) { return true }
        return false
    }

    /// The time it takes depends on the presented text alone, which its sender knows.
    func matches(_ presented: Substring) -> Bool {
        guard !expected.isEmpty else { return false }
        var difference = presented.utf8.count ^ expected.count
        var index = 0
        for byte in presented.utf8 {
            difference |= Int(byte ^ expected[index])
            index = index + 1 == expected.count ? 0 : index + 1
        }
        return difference == 0
    }
}

extension String {
    /// What follows `Bearer ` (any case), without surrounding blanks.
    fileprivate var bearerToken: Substring? {
        guard utf8.count > 7, String(prefix(7)).isEqualIgnoringCase("bearer ") else { return nil }
        return dropFirst(7).drop { $0 == " " }
    }
}
