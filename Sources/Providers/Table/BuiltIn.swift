// SPDX-License-Identifier: Apache-2.0
import Credentials

extension Provider {
    /// Every provider whose credential is one header and whose wire format we relay.
    package static let builtIn: [Provider] = rows.compactMap { row in
        ProviderID(row.id).map {
            Provider(
                id: $0, displayName: row.name, baseURL: row.base, formats: row.formats, header: row.header,
                environmentVariables: row.variables, models: KnownModel.builtIn[row.id]?.map(\.id) ?? [])
        }
    }

    private struct Row {
        let id: String
        let name: String
        let base: String
        let formats: Set<WireFormat>
        let header: CredentialHeader
        let variables: [String]
    }

    private static func anthropicStyle(_ id: String, _ name: String, _ base: String, _ variables: [String]) -> Row {
        Row(id: id, name: name, base: base, formats: [.anthropicMessages], header: .xAPIKey, variables: variables)
    }

    private static func openaiStyle(_ id: String, _ name: String, _ base: String, _ variables: [String]) -> Row {
        Row(id: id, name: name, base: base, formats: [.openaiCompletions], header: .bearer, variables: variables)
    }

    // Source: the providers' public API references, as of 2026-11.
    private static let rows: [Row] = [
        anthropicStyle(
            "anthropic", "Anthropic", "https://api.anthropic.com", ["ANTHROPIC_OAUTH_TOKEN", "ANTHROPIC_API_KEY"]),
        Row(
            id: "openai", name: "OpenAI", base: "https://api.openai.com/v1",
            formats: [.openaiResponses, .openaiCompletions],
            header: .bearer, variables: ["OPENAI_API_KEY"]),
        openaiStyle("openrouter", "OpenRouter", "https://openrouter.ai/api/v1", ["OPENROUTER_API_KEY"]),
        openaiStyle("groq", "Groq", "https://api.groq.com/openai/v1", ["GROQ_API_KEY"]),
        openaiStyle("xai", "xAI", "https://api.x.ai/v1", ["XAI_API_KEY"]),
        openaiStyle("mistral", "Mistral", "https://api.mistral.ai/v1", ["MISTRAL_API_KEY"]),
        openaiStyle("cerebras", "Cerebras", "https://api.cerebras.ai/v1", ["CEREBRAS_API_KEY"]),
        openaiStyle("zai", "Z.ai", "https://api.z.ai/api/paas/v4", ["ZAI_API_KEY", "Z_AI_API_KEY"]),
        openaiStyle("moonshot", "Moonshot", "https://api.moonshot.ai/v1", ["MOONSHOT_API_KEY"]),
        Row(
            id: "kimi-code", name: "Kimi Code", base: "https://api.kimi.com/coding/v1",
            formats: [.anthropicMessages, .openaiCompletions], header: .bearer,
            variables: ["KIMICODE_API_KEY", "KIMI_API_KEY"]),
        anthropicStyle(
            "minimax", "MiniMax", "https://api.minimax.io/anthropic",
            ["MINIMAX_API_KEY", "MINIMAX_CODE_PLAN_KEY", "MINIMAX_CODING_API_KEY"]),
        anthropicStyle("minimax-cn", "MiniMax China", "https://api.minimaxi.com/anthropic", ["MINIMAX_CN_API_KEY"]),
        openaiStyle(
            "qwen", "Qwen", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
            ["QWEN_API_KEY", "MODELSTUDIO_API_KEY", "DASHSCOPE_API_KEY", "QWEN_TOKEN_PLAN_API_KEY"]),
        anthropicStyle(
            "vercel-ai-gateway", "Vercel AI Gateway", "https://ai-gateway.vercel.sh", ["AI_GATEWAY_API_KEY"]),
        Row(
            id: "opencode", name: "OpenCode Zen", base: "https://opencode.ai/zen/v1",
            formats: [.anthropicMessages, .openaiCompletions, .openaiResponses], header: .bearer,
            variables: ["OPENCODE_API_KEY", "OPENCODE_ZEN_API_KEY"]),
        anthropicStyle("synthetic", "Synthetic", "https://api.synthetic.new/anthropic", ["SYNTHETIC_API_KEY"]),
        openaiStyle("venice", "Venice", "https://api.venice.ai/api/v1", ["VENICE_API_KEY"]),
        openaiStyle("deepseek", "DeepSeek", "https://api.deepseek.com", ["DEEPSEEK_API_KEY"]),
        openaiStyle("together", "Together", "https://api.together.xyz/v1", ["TOGETHER_API_KEY"]),
        openaiStyle("fireworks", "Fireworks", "https://api.fireworks.ai/inference/v1", ["FIREWORKS_API_KEY"]),
        openaiStyle(
            "huggingface", "Hugging Face", "https://router.huggingface.co/v1", ["HUGGINGFACE_HUB_TOKEN", "HF_TOKEN"]),
        openaiStyle("nvidia", "NVIDIA", "https://integrate.api.nvidia.com/v1", ["NVIDIA_API_KEY"]),
        openaiStyle("novita", "Novita", "https://api.novita.ai/openai/v1", ["NOVITA_API_KEY"]),
        openaiStyle("deepinfra", "DeepInfra", "https://api.deepinfra.com/v1/openai", ["DEEPINFRA_API_KEY"]),
        openaiStyle("cohere", "Cohere", "https://api.cohere.ai/compatibility/v1", ["COHERE_API_KEY"]),
        openaiStyle("lmstudio", "LM Studio", "http://localhost:1234/v1", ["LM_API_TOKEN"]),
        openaiStyle("vllm", "vLLM", "http://127.0.0.1:8000/v1", ["VLLM_API_KEY"]),
        openaiStyle("ollama", "Ollama", "http://127.0.0.1:11434/v1", ["OLLAMA_API_KEY"]),
    ]
}
