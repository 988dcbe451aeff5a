// SPDX-License-Identifier: Apache-2.0

/// The names under which this gateway may be addressed: a defence against DNS rebinding. Exact, never by prefix.
struct HostPolicy: Sendable {
    /// `name:port`, lower-case.
    private let exact: Set<String>
    /// Names that the operator allows with any port, as behind a reverse proxy.
    private let names: Set<String>
    /// The most frequent ones, compared without hashing.
    private let loopback: [String]

    /// - Parameters:
    ///   - port: the port of the listener.
    ///   - bound: the address it is bound to, such as `127.0.0.1`.
    ///   - allowed: `gateway.allowedHosts`: `name` or `name:port`.
    init(port: Int, bound: String, allowed: [String]) {
        loopback = ["127.0.0.1:\(port)", "localhost:\(port)", "[::1]:\(port)"]
        var exact = Set(loopback)
        var names: Set<String> = []
        let bracketed = bound.contains(":") ? "[\(bound)]" : bound
        if bound != "0.0.0.0", bound != "::" { exact.insert("\(bracketed.lowercased()):\(port)") }
        for entry in allowed.map({ $0.lowercased() }) {
            let hasPort = entry.hasPrefix("[") ? entry.contains("]:") : entry.contains(":")
            if hasPort { exact.insert(entry) } else { names.insert(entry) }
        }
        if port == 80 { exact.formUnion(["127.0.0.1", "localhost", "[::1]"]) }
        self.exact = exact
        self.names = names
    }

    func allows(_ host: String) -> Bool {
        for known in loopback where known == host { return true }
        let lowered = host.lowercased()
        if exact.contains(lowered) { return true }
        if names.isEmpty { return false }
        let end =
            lowered.hasPrefix("[")
            ? lowered.firstIndex(of: "]").map { lowered.index(after: $0) } : lowered.firstIndex(of: ":")
        let name = end.map { lowered[..<$0] } ?? lowered[...]
        let rest = lowered[name.endIndex...]
        guard rest.isEmpty || (rest.first == ":" && rest.dropFirst().allSatisfy { ("0"..."9").contains($0) }) else {
            return false
        }
        return names.contains(String(name))
    }

    /// An `Origin` field: its scheme does not matter, its authority must be ours.
    func allows(origin: String) -> Bool {
        guard let authority = origin.authorityOfAbsoluteForm, origin.hasSuffix("//" + authority) else { return false }
        return allows(authority)
    }
}
