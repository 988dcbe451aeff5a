// SPDX-License-Identifier: Apache-2.0
package import Credentials

/// `env`: variables for this program, and whether a login shell is asked for more.
package struct EnvironmentSettings: Hashable, Sendable {
    /// `env.vars`. They fill gaps; they never replace a variable that is set.
    package var variables: [String: Secret] = [:]
    package var shell = ShellEnvironmentSettings()
    /// Names that stand right under `env`, where they have no effect.
    package var misplaced: [String] = []

    package init() {}
}

/// `env.shellEnv`, or `AGENTICFLOW_LOAD_SHELL_ENV` and `AGENTICFLOW_SHELL_ENV_TIMEOUT_MS`.
package struct ShellEnvironmentSettings: Hashable, Sendable {
    package var isEnabled = false
    package var timeout = Duration.milliseconds(15_000)

    package init() {}
}
