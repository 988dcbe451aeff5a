// SPDX-License-Identifier: Apache-2.0

extension Provider {
    /// Every variable that some provider's credential, or the way to it, may stand in; also of providers that are not
    /// relayed here. Names of the family `X_API_KEY…` need no entry.
    package static let credentialVariables: Set<String> = Set(
        builtIn.flatMap(\.environmentVariables) + ofOtherProviders + placesOfCredentials)

    /// Those of them that hold a secret themselves.
    package static let secretVariables: Set<String> = Set(
        builtIn.flatMap(\.environmentVariables) + ofOtherProviders)

    // Source: the vendors' own programs and SDKs, as of 2026-11.
    private static let ofOtherProviders = [
        "CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_ADMIN_KEY", "ANTHROPIC_ADMIN_API_KEY",
        "OPENAI_ADMIN_KEY", "CODEX_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_CLOUD_API_KEY",
        "AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
        "COPILOT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN", "MINIMAX_OAUTH_TOKEN", "CHUTES_OAUTH_TOKEN",
        "CHUTES_CLIENT_SECRET", "QWEN_OAUTH_TOKEN",
    ]

    private static let placesOfCredentials = [
        "GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "GOOGLE_CLOUD_LOCATION",
        "AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "CHUTES_CLIENT_ID",
        "CHUTES_OAUTH_REDIRECT_URI", "CLAUDE_CONFIG_DIR", "CODEX_HOME",
    ]
}
