// SPDX-License-Identifier: Apache-2.0

/// A store as other programs and versions leave it: fields, types and profiles that this version does not know.
enum SampleStore {
    static let text = """
        {
          "version": 1, "future": {"a": [1, 2.50, {"b": null}], "esc": "\\u00e9\\/"},
          "profiles": {
            "anthropic:default": { "type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-EXAMPLE", "later": [1e2] },
            "anthropic:work": {"type":"token","provider":"anthropic","token":"sk-ant-oat01-EXAMPLE","expires":1800000000000},
            "elsewhere:1": { "type": "hologram", "provider": "elsewhere", "rays": 7 },
            "homeless:1": { "type": "token", "token": "sk-homeless" },
            "No Profile Id": "kept"
          },
          "order": { "anthropic": ["anthropic:work", "anthropic:default"], "Z.AI": [7] },
          "lastGood": { "anthropic": "anthropic:default" },
          "usageStats": {
            "anthropic:work": {
              "lastUsed": 1770000000000, "errorCount": 1, "lastFailureAt": 1770000100000,
              "failureCounts": { "rate_limit": 1 },
              "cooldownUntil": 1770000130000, "cooldownReason": "rate_limit", "cooldownModel": "claude-sample"
            }
          }
        }

        """
}
