// SPDX-License-Identifier: Apache-2.0
import Credentials
import ProfileStorage
import SafeFiles
import Settings

/// What the references of the configuration and of the stores lead to.
extension InstanceReader {
    /// Each reference once, with a problem for everything that has to do without, or with what was last known.
    mutating func resolveReferences(
        of agents: [AgentID], _ settings: InstanceSettings, _ source: ReferenceSource
    ) -> [SecretReference: ReferencedSecret] {
        var found: [SecretReference: ReferencedSecret] = [:]
        references.begin()
        for (provider, own) in settings.providers.sorted(by: { $0.key < $1.key }) {
            guard case .reference(let reference) = own.apiKey else { continue }
            let holder = provider.place("apiKey")
            found[reference] = resolve(reference, source, for: holder, in: .configuration)
        }
        for agent in agents {
            for profile in (stores[agent]?.book.profiles ?? [:]).values.sorted(by: { $0.id < $1.id }) {
                guard let reference = profile.reference else { continue }
                found[reference] = resolve(reference, source, for: profile.id.text, in: .store(agent))
            }
        }
        references.end()
        return found
    }

    /// The end of a problem with a reference whose last secret is still sent.
    package static let keptReference = " What was last known of it stays in use."

    private mutating func resolve(
        _ reference: SecretReference, _ source: ReferenceSource, for holder: String, in place: InstanceProblem.Place
    ) -> ReferencedSecret {
        if let path = source.path(of: reference), files[path] == nil { files[path] = Fingerprint(of: path) }
        let secret = references.resolve(reference, with: source)
        guard let problem = references.problems[reference] else { return secret }
        let rest = secret == .unresolved ? "" : Self.keptReference
        let text = "\(holder) refers to \(reference). \(problem)\(rest)"
        // Agents with copies of one profile have one problem.
        if !problems.contains(where: { $0.reference == reference && $0.text == text }) {
            problems.append(InstanceProblem(place: place, severity: .error, text: text, reference: reference))
        }
        return secret
    }
}
