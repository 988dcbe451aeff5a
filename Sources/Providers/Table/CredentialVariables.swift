// SPDX-License-Identifier: Apache-2.0

extension Provider {
    /// Every variable that some provider's credential, or the way to it, may stand in; also of providers that are not
    /// relayed here. Names of the family `X_API_KEY…` need no entry.
    package static let credentialVariables = secretVariables.union(
        OtherProvider.all.flatMap(\.places) + ["CLAUDE_CONFIG_DIR", "CODEX_HOME"])

    /// Those of them that hold a secret themselves.
    package static let secretVariables = Set(
        builtIn.flatMap(\.environmentVariables) + OtherProvider.all.flatMap(\.secrets) + ofOtherPrograms)

    /// For the vendors' own programs, and for what is not a model: usage and cost.
    // Source: the vendors' own programs and SDKs, as of 2026-11.
    private static let ofOtherPrograms = [
        "CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_ADMIN_KEY", "ANTHROPIC_ADMIN_API_KEY",
        "OPENAI_ADMIN_KEY", "CODEX_API_KEY",
    ]
}
