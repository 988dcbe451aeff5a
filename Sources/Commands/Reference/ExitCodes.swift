// SPDX-License-Identifier: Apache-2.0
import Credentials

/// The exit codes of a command, for its manual page and its reference.
enum ExitCodes {
    static func rows(of command: CommandOutline) -> [(code: Int32, meaning: String)] {
        let own = special[command.words] ?? []
        return [(0, own.first { $0.0 == 0 }?.1 ?? "done")] + own.filter { $0.0 != 0 }.map { ($0.0, $0.1) }
    }

    /// Codes that mean something for one command alone.
    private static let special: [[String]: [(Int32, String)]] = [
        ["models", "status"]: [
            (1, "with --check: a credential is expired, missing, or rejected by a probe"),
            (2, "with --check: a credential expires within 24 hours"),
        ],
        ["doctor"]: [
            (0, "there is a report; with --lint: nothing at the threshold"),
            (1, "with --lint: something at the threshold"),
            (2, "with --lint: it could not look"),
        ],
        ["gateway", "health"]: [(0, "it serves")],
        ["gateway", "status"]: [
            (0, "it has looked: running, draining, silent or stopped"), (77, "it may not look"),
        ],
    ]

    /// Those of our own failures, everywhere the same.
    static let failures: [(code: Int32, meaning: String)] = [
        (ExitStatus.usage.rawValue, "the command line cannot be followed, or an option names what is not known"),
        (
            ExitStatus.badInput.rawValue,
            "a value, a file or what a command is about is not what it should be, or not there"
        ),
        (ExitStatus.noInput.rawValue, "a file that was named is not there"),
        (ExitStatus.unavailable.rawValue, "no gateway runs, or it does not answer"),
        (ExitStatus.software.rawValue, "a fault of the program"),
        (ExitStatus.io.rawValue, "reading or writing failed"),
        (ExitStatus.noPermission.rawValue, "the system does not permit it"),
        (ExitStatus.configuration.rawValue, "the configuration has to be mended first"),
    ]
}
