// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Rotation
import Settings

/// What the files hold and the running gateway does not list: it has not looked at them since they were written.
struct PendingCredentials {
    let all: [ResolvedCandidate]

    /// - Parameters:
    ///   - candidates: as this command reads the files.
    ///   - listed: ``CandidateSource/label`` and id of those that the gateway knows.
    init(_ candidates: [ResolvedCandidate], listed: [(source: String, id: ProfileID)], _ reading: InstanceReading) {
        let ids = Set(listed.map { "\($0.source) \($0.id)" })
        // Keys outside the store are numbered, and another environment numbers them otherwise.
        var left = Dictionary(
            listed.map { ("\($0.source) \($0.id.provider)", 1) }, uniquingKeysWith: +)
        all = candidates.filter { entry in
            let label = entry.candidate.source.label
            switch entry.candidate.source {
            case .profile: return !ids.contains("\(label) \(entry.candidate.id)")
            case .config: break
            case .environment(let name):
                // The gateway has its own environment; files are the same for both.
                guard let layer = reading.environment.credential(name)?.layer, layer == .stateDotEnv || layer == .config
                else { return false }
            case .shellEnvironment: return false
            }
            let place = "\(label) \(entry.candidate.id.provider)"
            guard let count = left[place], count > 0 else { return true }
            left[place] = count - 1
            return false
        }
    }
}
