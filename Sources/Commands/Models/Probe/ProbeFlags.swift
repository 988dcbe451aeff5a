// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials

/// The flags of `models status` about probes.
struct ProbeFlags: ParsableArguments {
    @Flag(help: "Ask the providers whether they take the credentials; one small call for each.")
    var probe = false
    @Option(help: ArgumentHelp("Only those of one provider.", valueName: "provider"), completion: .providers)
    var probeProvider: String?
    @Option(
        help: ArgumentHelp("Only this one; repeat it, or separate with commas.", valueName: "id"),
        completion: .credentials
    )
    var probeProfile: [String] = []
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long to wait for each answer, in milliseconds: 8000.", valueName: "ms"))
    var probeTimeout: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("How many to ask at once: 2.", valueName: "n"))
    var probeConcurrency: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("Of a completion that is asked for: 8.", valueName: "n"))
    var probeMaxTokens: Int?
    @Option(
        help: ArgumentHelp(
            "metadata: a page that costs nothing, where there is one. completion: the shortest answer of a model.",
            valueName: "mode"))
    var probeMode: ProbeMode?

    func validate() throws {
        try Self.check(probeTimeout, "--probe-timeout", "of milliseconds", upTo: 600_000)
        try Self.check(probeConcurrency, "--probe-concurrency", "of questions at once", upTo: 64)
        try Self.check(probeMaxTokens, "--probe-max-tokens", "of tokens", upTo: 4096)
        if !probeProfile.isEmpty, profiles.isEmpty {
            throw UsageError(
                what: "--probe-profile names no credential.", why: "Its value is blank; without it all would be asked.",
                fix: "Name one, as in: agenticflow-enterprise models status --probe --probe-profile anthropic:work")
        }
        guard !probe, let lone else { return }
        throw UsageError(
            what: "\(lone) only has a meaning with --probe.", why: "Without it nobody is asked.",
            fix: "Run the command again with --probe, as in: agenticflow-enterprise models status --probe")
    }

    static func check(_ number: Int?, _ flag: String, _ unit: String, upTo limit: Int) throws {
        guard let number, !(1...limit).contains(number) else { return }
        throw UsageError(
            what: "\(flag) must be a positive number \(unit), not \(number).",
            why: "It is a whole number from 1 to \(limit).",
            fix: "Leave \(flag) out, or run the command again with a number that is allowed.")
    }

    private var lone: String? {
        let given: [(flag: String, isGiven: Bool)] = [
            ("--probe-provider", probeProvider != nil), ("--probe-profile", !probeProfile.isEmpty),
            ("--probe-timeout", probeTimeout != nil), ("--probe-concurrency", probeConcurrency != nil),
            ("--probe-max-tokens", probeMaxTokens != nil), ("--probe-mode", probeMode != nil),
        ]
        return given.first { $0.isGiven }?.flag
    }

    /// The ids of `--probe-profile`, each once.
    var profiles: [String] {
        var seen: Set<String> = []
        return probeProfile.flatMap { $0.split(separator: ",").map { String($0).trimmed } }
            .filter { !$0.isEmpty && seen.insert($0).inserted }
    }

    var settings: ProbeSettings {
        ProbeSettings(
            mode: probeMode ?? .metadata, timeoutMilliseconds: probeTimeout ?? 8000,
            concurrency: probeConcurrency ?? 2, maximumTokens: probeMaxTokens ?? 8)
    }
}

/// How to ask.
struct ProbeSettings: Hashable, Sendable {
    var mode = ProbeMode.metadata
    var timeoutMilliseconds = 8000
    var concurrency = 2
    var maximumTokens = 8
    /// What the command calls the choice of the mode.
    var modeFlag = "--probe-mode"
}

extension ProbeMode: ExpressibleByArgument {}
