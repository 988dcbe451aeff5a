// SPDX-License-Identifier: Apache-2.0
package import Credentials

/// Why it is not known where the state lives.
package enum StateLayoutError: ActionableError, Equatable {
    /// No home directory is known, and the state directory needs one.
    case noHome
    /// `AGENTICFLOW_PROFILE`, which `--profile` sets, is no name for an instance.
    case badInstance
    /// A variable or key holds a path that cannot be used.
    case badPath(name: String, problem: String)

    package var exitCode: ExitStatus {
        switch self {
        case .noHome, .badPath: .configuration
        case .badInstance: .usage
        }
    }

    /// What is wrong, as the second half of a sentence.
    var problem: String {
        switch self {
        case .noHome: "needs a home directory, and none is known"
        case .badInstance: "is no name for an instance"
        case .badPath(_, let problem): problem
        }
    }

    package var advice: Advice {
        switch self {
        case .noHome:
            Advice(
                what: "It is not known where the state lives.",
                why: "No home directory: HOME is not set, and the system names none for this account.",
                fix: "Name the directory: export AGENTICFLOW_STATE_DIR=/var/lib/agenticflow-enterprise")
        case .badInstance:
            Advice(
                what: "That is not a name for an instance.",
                why: "A name has up to 64 letters, digits, - and _, and starts with a letter or digit.",
                fix: "Choose another name, as in: agenticflow-enterprise --profile staging models status")
        case .badPath(let name, let problem):
            Advice(
                what: "\(name) cannot be used.", why: "The path in it \(problem).",
                fix: "Set it to an absolute path, as in: "
                    + (name.hasPrefix("-") ? "\(name) /srv/agenticflow-enterprise" : OwnPlaces.example(name)))
        }
    }
}
