// SPDX-License-Identifier: Apache-2.0
package import Credentials

/// One entry of `secrets.providers`: a place where secrets rest that profiles refer to.
package enum SecretProvider: Hashable, Sendable {
    case env
    case file(SecretFile)
    case exec(SecretProgramSettings)

    package var source: SecretReference.Source {
        switch self {
        case .env: .env
        case .file: .file
        case .exec: .exec
        }
    }
}

package struct SecretFile: Hashable, Sendable {
    package enum Mode: String, Sendable {
        /// The whole text is the secret.
        case text
        /// An id is a JSON pointer to one of its texts.
        case json
    }

    /// As configured: absolute or `~/…`.
    package var path: String
    package var mode: Mode

    package init(path: String, mode: Mode) {
        self.path = path
        self.mode = mode
    }
}

package struct SecretProgramSettings: Hashable, Sendable {
    /// An absolute path.
    package var command: String
    package var arguments: [String]
    /// Names of variables of the process environment that it gets; it gets no others.
    package var passedVariables: [String]
    package var timeout: Duration

    package init(
        command: String, arguments: [String] = [], passedVariables: [String] = [], timeout: Duration = .seconds(5)
    ) {
        self.command = command
        self.arguments = arguments
        self.passedVariables = passedVariables
        self.timeout = timeout
    }
}
