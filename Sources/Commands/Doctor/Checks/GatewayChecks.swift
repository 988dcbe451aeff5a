// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import FoundationEssentials
import Providers
import SafeFiles
import Settings

/// The gateway of this instance, its port, and the clock.
struct GatewayChecks {
    private let survey: Survey
    private(set) var findings: [Finding] = []
    private static let allowedSkew: TimeInterval = 120

    init(_ survey: Survey) {
        self.survey = survey
        switch survey.reply {
        case .notRunning: checkStopped()
        case .hidden(let hidden):
            add(.gatewayHidden, hidden.advice.what, hidden.advice.why, hidden.advice.fix, path: hidden.state)
            // The token, and what else a gateway knows, is its to say.
            checkFileTimes()
            return
        // It ends by itself; what it would say of the token is not to be had.
        case .stopping:
            checkFileTimes()
            return
        case .silent(let place): checkSilent(place)
        case .answered(200, _): checkAnswer()
        // It goes on with what it last read, and what cannot be read hides its token from us: the file is to be mended.
        case .answered(401, _) where survey.configurationError != nil: break
        case .answered(401, _):
            add(
                .gatewayRefusesToken, "The gateway does not take the client token that this command found.",
                "It was started with another configuration or environment.",
                "Compare: \(program) gateway token; then start the gateway anew: \(program) gateway run")
        case .answered(let status, _): addForeign(GatewayAnswer.sentence(for: status).asSentence)
        }
        checkTrust()
        checkPlace()
        checkToken()
        checkFileTimes()
    }

    private mutating func add(_ id: CheckID, _ what: String, _ why: String, _ fix: String, path: String? = nil) {
        findings.append(Finding(id, what, why: why, fix: fix, path: path))
    }

    private var pidWords: String { survey.announcedPID.map { "process \($0)" } ?? "its process" }

    // MARK: It does not run

    private mutating func checkStopped() {
        add(
            .gatewayNotRunning, "No gateway runs on this state directory.", "Nobody holds its lock.",
            "Run: \(program) gateway run")
        let place = "\(survey.layout.state)/\(RunningGateway.placeName)"
        if FileStatus(of: place) != nil {
            add(
                .gatewayPlaceStale, "The last gateway did not end in order.",
                "\(survey.shown(place)) still says where it listened; nobody relies on it.",
                "Run: \(program) gateway run, which replaces it", path: place)
        }
        findings += PortChecks(survey).findings
    }

    // MARK: It runs

    private mutating func checkSilent(_ place: String) {
        if place.hasSuffix(LoopbackRequest.Failure.noHTTP.sentence) { return addForeign("\(place).") }
        let gateway = UnhelpfulGateway(survey.reading, place)
        add(.gatewayHung, "The gateway runs and does not answer.", gateway.why, gateway.remedy)
    }

    private mutating func addForeign(_ why: String) {
        add(
            .gatewayForeignAnswer, "What answers on the gateway's port is not this gateway.", why,
            "Look at: \(program) gateway status; end \(pidWords), then run: \(program) gateway run")
    }

    private mutating func checkAnswer() {
        guard case .answered(_, let root) = survey.answer, let version = root["version"]?.string else {
            return addForeign((survey.answer.silence ?? GatewayAnswer.foreign).asSentence)
        }
        let (its, own) = (Version(version), Version(CredentialFields.version))
        if its != own {
            add(
                .gatewayVersionDiffers,
                "The gateway is \(its < own ? "older" : "newer") (\(version.prefix(40))) than this command "
                    + "(\(CredentialFields.version)).",
                its < own
                    ? "It was not started anew after an update." : "This command is not the one that was updated.",
                its < own ? "End it, then run: \(program) gateway run" : "Update this program, or use the other one")
        }
        let known = survey.reading.problems.map(\.text)
        for problem in root["problems"]?.elements.compactMap(\.string) ?? []
        where !known.contains(where: { problem.hasPrefix($0) }) {
            if survey.view.faults.values.contains(where: { $0.sentences == problem }) { continue }
            if problem == survey.reading.clientTokenFlaw?.sentences { continue }
            // What it has in memory alone is gone after a restart, and it asks again by itself.
            if problem.hasSuffix(InstanceReader.keptReference) {
                add(
                    .gatewayProblem, "The gateway says: \(problem)",
                    "It asks again by itself. Until it gets an answer the secret is in its memory alone, which a restart loses.",
                    "Mend what it names, and leave the gateway running; see whether it is mended: \(program) doctor "
                        + "--allow-exec")
                continue
            }
            add(
                .gatewayProblem, "The gateway says: \(problem)", "It goes on without it, or with what it last read.",
                "Mend what it names; where the files are in order by now, restart it: end \(pidWords), then run: "
                    + "\(program) gateway run")
        }
        if let started = root["startedAt"]?.integer.map({ Date(milliseconds: $0) }) {
            checkInstant(started, "The gateway was started")
        }
    }

    /// What the configuration itself says of a provider has its own finding.
    private mutating func checkTrust() {
        let faults = Set(survey.view.faults.filter { survey.reading.providers.faults[$0.key] == nil }.values)
        for advice in faults.sorted(by: { $0.what < $1.what }) {
            add(.trustUnreadable, advice.what, advice.why, advice.fix)
        }
    }

    /// It was started with what the configuration said then.
    private mutating func checkPlace() {
        guard let pending = survey.pendingPlace else { return }
        add(
            .gatewayRestartNeeded,
            "The gateway listens on port \(survey.place.port) of \(survey.place.host) until it is restarted.",
            "The configuration says port \(pending.port) of \(pending.host) by now, which is read at start.",
            "End \(pidWords), then run: \(program) gateway run", path: survey.layout.configPath)
    }

    private mutating func checkToken() {
        let standing = ClientTokenStanding(survey.reading, survey.view)
        // What cannot be read hides the token from this command alone.
        if survey.configurationError == nil, let advice = standing.advice(survey.context, survey.layout) {
            let isOther = if case .other = standing { true } else { false }
            return add(isOther ? .gatewayRefusesToken : .gatewayTokenElsewhere, advice.what, advice.why, advice.fix)
        }
        let isAbsent = survey.reading.clientToken == nil && survey.settings.gateway.token == .absent
        // The misplaced one becomes it.
        let isMisplaced = survey.configuration?.element(at: ["gateway", "token"])?.string != nil
        if let variables = survey.view.variables, variables.clientToken == nil {
            let advice = GatewayUnavailable.closed(survey.reading.clientTokenFlaw).advice
            return findings.append(
                Finding(
                    .gatewayClosed, advice.what, why: advice.why, fix: advice.fix, path: survey.layout.configPath,
                    repair: isAbsent && !isMisplaced ? .makeGatewayToken : nil))
        }
        guard isAbsent, survey.configurationError == nil else { return }
        findings.append(
            Finding(
                .gatewayTokenMissing, "There is no client token.",
                why:
                    "Neither gateway.auth.token nor \(InstanceSettings.tokenVariable) names one; the first start makes it.",
                fix: "Run: \(program) doctor --generate-gateway-token", path: survey.layout.configPath,
                repair: isMisplaced ? nil : .makeGatewayToken))
    }

    // MARK: The clock

    private mutating func checkFileTimes() {
        let paths =
            [survey.layout.configPath, survey.layout.dotEnvPath]
            + survey.agentFolders.flatMap { ["\($0.path)/auth-profiles.json", "\($0.path)/auth-health.jsonl"] }
        let latest = paths.compactMap { path in FileStatus(of: path).map { (path: path, time: $0.modified) } }
            .max { $0.time < $1.time }
        if let latest { checkInstant(latest.time, "\(survey.shown(latest.path)) was changed", path: latest.path) }
    }

    private mutating func checkInstant(_ instant: Date, _ event: String, path: String? = nil) {
        guard instant.timeIntervalSince(survey.now) > Self.allowedSkew else { return }
        let ahead = Remaining.text(instant.timeIntervalSince(survey.now))
        add(
            .clockSkew, "\(event) \(ahead) from now.",
            "The clock has gone backwards; what expires and what cools down is judged by it.",
            "Set the clock (timedatectl status), then run: \(program) doctor", path: path)
    }
}
