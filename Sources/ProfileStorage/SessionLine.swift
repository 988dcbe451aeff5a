// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import FoundationEssentials
import Rotation

/// One line of the journal about a session, which replaces what earlier lines said of it at that provider.
struct SessionLine: Equatable {
    var sticky: StickySession

    init(_ sticky: StickySession) { self.sticky = sticky }

    /// - Parameter line: without its line break. Nil for a line that was cut short or that this version does not know.
    init?(_ line: ArraySlice<UInt8>) {
        // A cut line is the normal trace of a crash; the reader goes on with the next.
        guard let root = try? Document(Array(line), as: .json, maximumDepth: 8).root, root["v"]?.integer == 1,
            let session = root["session"]?.string, let since = root["since"]?.double, since.isFinite,
            let provider = root["provider"]?.string.flatMap({ ProviderID($0) }),
            let profile = root["profile"]?.string.flatMap({ ProfileID($0) })
        else { return nil }
        sticky = StickySession(
            session: session, provider: provider, profile: profile, since: Date(timeIntervalSince1970: since))
    }

    var text: String {
        Literal.object([
            .init("v", .integer(1)), .init("session", .string(sticky.session)),
            .init("provider", .string(sticky.provider.text)), .init("profile", .string(sticky.profile.text)),
            .init("since", .number((sticky.since.timeIntervalSince1970 * 1000).rounded() / 1000)),
        ]).compact
    }
}
