// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Providers
import Rotation
import Settings

/// Why a credential that is there is not one that can be sent (`ineligible_profile`).
struct CredentialFlaw {
    /// The second half of a sentence.
    let problem: String
    let why: String
    /// The command that mends it, where the credential itself is in order.
    let command: String?

    init(of id: ProfileID, in reading: InstanceReading) {
        let owned = reading.agents.lazy.flatMap(\.profiles).first { $0.profile.id == id }
        if let profile = owned?.profile {
            let note = reading.settings.auth.profiles.first { $0.id == id }
            if let note, note.provider != profile.provider || !note.mode.accepts(profile.kind) {
                problem =
                    "is stored as \(profile.provider)/\(profile.kind.rawValue), and auth.profiles of the "
                    + "configuration says \(note.provider)/\(note.mode.rawValue)"
                why = "One of the two is not what was meant."
                command = ProfileNote(id: id, provider: profile.provider, kind: profile.kind).command
                return
            }
            if profile.isReference, profile.kind == .oauth {
                problem = "is a login with a reference"
                why = "A login is written back when it is renewed, so the store has to hold it."
                command = nil
                return
            }
        }
        let agents = reading.agents.lazy.flatMap {
            reading.candidates(for: ProviderID(id.provider) ?? .anthropic, of: $0)
        }
        let isAny = ProviderID(id.provider).map(reading.providers.takesAnything) ?? false
        problem =
            agents.first { $0.candidate.id == id }?.secret?.fieldFlaw(takesAnyWord: isAny)
            ?? "is no credential that can be sent"
        why = "It was cut short, or something else was pasted."
        command = nil
    }
}
