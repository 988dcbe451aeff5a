// SPDX-License-Identifier: Apache-2.0
package import Credentials

/// A provider that is known by name and by its variables, and that this version does not relay to: another wire format,
/// a credential that is not one header, or an address that only its owner knows. Its credentials can be stored; once
/// `models.providers.<id>` says where and how, it is relayed as any other.
package struct OtherProvider: Hashable, Sendable {
    package let id: ProviderID
    /// That hold its secrets, the first one that is set wins.
    package let secrets: [String]
    /// That say who one is, or where to go.
    package let places: [String]

    package static subscript(id id: ProviderID) -> OtherProvider? { byID[id] }

    private static let byID = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })

    package static let all: [OtherProvider] = rows.compactMap { row in
        ProviderID(row.id).map { OtherProvider(id: $0, secrets: row.secrets, places: row.places) }
    }

    /// Variables that many programs read for other purposes: that they are set says nothing about models.
    package static let shared: Set<String> = [
        "GH_TOKEN", "GITHUB_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
    ]

    // Source: the vendors' own programs and SDKs, as of 2026-11.
    private static let rows: [(id: String, secrets: [String], places: [String])] = [
        ("google", ["GEMINI_API_KEY", "GOOGLE_API_KEY"], []),
        (
            "google-vertex", ["GOOGLE_CLOUD_API_KEY"],
            [
                "GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "GOOGLE_CLOUD_LOCATION",
            ]
        ),
        (
            "amazon-bedrock",
            ["AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"],
            ["AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"]
        ),
        ("azure-openai", ["AZURE_OPENAI_API_KEY"], []),
        ("github-copilot", ["COPILOT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"], []),
        (
            "chutes", ["CHUTES_OAUTH_TOKEN", "CHUTES_API_KEY", "CHUTES_CLIENT_SECRET"],
            ["CHUTES_CLIENT_ID", "CHUTES_OAUTH_REDIRECT_URI"]
        ),
        ("deepgram", ["DEEPGRAM_API_KEY"], []),
        ("minimax-portal", ["MINIMAX_OAUTH_TOKEN"], []),
        ("qwen-portal", ["QWEN_OAUTH_TOKEN", "QWEN_PORTAL_API_KEY"], []),
        ("xiaomi", ["XIAOMI_API_KEY", "XIAOMI_TOKEN_PLAN_API_KEY"], []),
        ("perplexity", ["PERPLEXITY_API_KEY"], []),
        ("cloudflare-ai-gateway", ["CLOUDFLARE_AI_GATEWAY_API_KEY"], []),
        ("litellm", ["LITELLM_API_KEY"], []),
        ("sglang", ["SGLANG_API_KEY"], []),
        // OLLAMA_API_KEY is the variable of ollama, which is relayed, as well.
        ("ollama-cloud", [], []),
        ("arcee", ["ARCEEAI_API_KEY"], []),
        ("baseten", ["BASETEN_API_KEY"], []),
        ("byteplus", ["BYTEPLUS_API_KEY"], []),
        ("featherless", ["FEATHERLESS_API_KEY"], []),
        ("gmi", ["GMI_API_KEY"], []),
        ("kilocode", ["KILOCODE_API_KEY"], []),
        ("longcat", ["LONGCAT_API_KEY"], []),
        ("qianfan", ["QIANFAN_API_KEY"], []),
        ("stepfun", ["STEPFUN_API_KEY"], []),
        ("tencent", ["TOKENHUB_API_KEY"], []),
        ("volcengine", ["VOLCANO_ENGINE_API_KEY"], []),
    ]
}
