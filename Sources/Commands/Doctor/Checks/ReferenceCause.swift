// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import ProfileStorage
import Credentials
import SafeFiles
import Settings

/// Why the reference of one profile gives no secret, and the command that is for that cause. None of them puts a secret
/// in the place of the reference.
struct ReferenceCause {
    let what: String
    let why: String
    let fix: String
    private let survey: Survey

    /// - Parameter owner: the agent that stores it; nil for the default agent.
    init(of profile: Profile, by owner: AgentID?, _ survey: Survey) {
        self.survey = survey
        guard let reference = profile.reference else {
            what = "\(profile.id) has a reference that cannot be understood."
            why = "Its keyRef or tokenRef needs a source (env, file, exec) and an id. Requests pass it over."
            fix =
                "Run: \(program) models auth add --provider \(profile.provider) --profile-id \(profile.id) "
                + "--ref env:NAME"
            return
        }
        what = "\(profile.id) refers to \(reference), which gives no secret."
        let beginning = "\(profile.id) refers to \(reference). "
        let its = survey.overviews.first?.view.problems.first { $0.hasPrefix(beginning) }
        let own = survey.reading.problems.map(\.text).first { $0.hasPrefix(beginning) }
        // Whoever asks anew here knows nothing of what the gateway learnt before.
        let isKept = its?.hasSuffix(InstanceReader.keptReference) == true
        why =
            ((own ?? its).map { "\($0.dropFirst(beginning.count))" } ?? "The gateway did not get it.")
            + (!isKept ? " Requests pass it over." : own == nil ? "" : InstanceReader.keptReference)
        fix = Self.fix(reference, of: profile, by: owner, survey)
    }

    private static func fix(
        _ reference: SecretReference, of profile: Profile, by owner: AgentID?, _ survey: Survey
    ) -> String {
        let source = ReferenceSource(
            survey.settings, environment: survey.reading.environment, layout: survey.layout)
        if let rewritten = source.rewritten(reference) {
            return "Write the reference anew: \(program) models auth add --provider \(profile.provider) "
                + "--profile-id \(profile.id)\(profile.kind == .apiKey ? "" : " --type \(profile.kind.rawValue)") "
                + "--ref \(rewritten)\(survey.reading.agentWords(owner))"
        }
        let place = "secrets.providers.\(reference.provider)"
        guard ReferenceSource.isKnown(reference, in: survey.settings.secrets) else {
            return "Say what it is: \(program) config set \(place) "
                + (reference.source == .exec
                    ? "'{source: \"exec\", command: \"/absolute/path\"}'"
                    : "'{source: \"\(reference.source.rawValue)\", path: \"/absolute/path\"}'")
        }
        switch reference.source {
        case .env: return "Run: \(program) env set \(reference.id)"
        case .file: return source.path(of: reference).map { fix(file: $0, survey) } ?? "Correct \(place).path"
        case .exec:
            let path = source.path(of: reference)
            if let path, let status = FileStatus(of: path), status.mode & 0o022 != 0 {
                return "Run: \(status.isOurs ? "" : "sudo ")chmod go-w \(survey.context.typed(path))"
            }
            let command = path.map { survey.shown($0) } ?? "its program"
            return survey.asksPrograms
                ? "Correct \(command), or \(place); then run: \(program) doctor --allow-exec"
                : "See what \(command) says: \(program) doctor --allow-exec"
        }
    }

    private static func fix(file path: String, _ survey: Survey) -> String {
        let typed = survey.context.typed(path)
        guard let status = FileStatus(of: path) else {
            return "Put the secret there: install -D -m 600 /dev/stdin \(typed)"
        }
        if status.kind != .file { return "Put a file of your own with the secret there: \(typed)" }
        if !status.isOurs, status.owner != 0 { return "Run: sudo chown $(id -un) \(typed)" }
        if status.isOpenToOthers { return "Run: \(status.isOurs ? "" : "sudo ")chmod 600 \(typed)" }
        return "Correct what is in \(typed), then run: \(program) doctor"
    }
}

extension Survey {
    /// The files that profiles refer to, each once, sorted.
    var referencedFiles: [String] {
        let source = ReferenceSource(settings, environment: reading.environment, layout: layout)
        let references = reading.agents.flatMap { $0.stored.book.profiles.values.compactMap(\.reference) }
        return Set(references.filter { $0.source == .file }.compactMap { source.path(of: $0) }).sorted()
    }
}
