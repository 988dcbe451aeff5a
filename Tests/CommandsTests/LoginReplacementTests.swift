// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

/// What is advised about a login whose date has passed.
@Suite struct LoginReplacementTests {
    private static let store = """
        {"version": 1, "profiles": {
          "openai:me": {"type": "oauth", "provider": "openai", "access": "at-0123456789", "refresh": "rt-0123456789",
            "expires": 1000},
          "openai:manual": {"type": "api_key", "provider": "openai", "key": "sk-proj-0123456789abcdefghij"}}}
        """
    private static let out = "agenticflow-enterprise models auth logout openai:me --agent main"

    @Test(arguments: [
        ("", true), ("['openai:me']", true), ("['openai:me', 'openai:manual']", true),
        // The key is no replacement where the order keeps it out.
        ("['openai:me', 'openai:other']", false),
    ])
    func `the login goes only where another one takes its place`(order: String, isEnough: Bool) {
        let order = order.isEmpty ? "" : ", auth: {order: {openai: \(order)}}"
        let instance = Instance(
            config: "{agents: {defaults: {model: 'openai/gpt-5'}}\(order)}", store: Self.store)
        let told = instance.run("doctor").stdout
        #expect(told.contains("fix: Run: \(Self.out)\n") == isEnough, "\(told)")
        #expect(told.contains("then take the login out: \(Self.out)") == !isEnough, "\(told)")
    }
}
