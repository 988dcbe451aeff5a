// SPDX-License-Identifier: Apache-2.0

/// The long part of `provider-simulator --help`.
enum HelpText {
    static let discussion = """
        The text of a key says what happens to requests that use it: sk-sim-<fault>-<label>. The label names the \
        key in the answers ("Hello from work.") and in the record, so no key is ever shown. \
        sk-ant-api03-sim-<fault>-<label> does the same where a key must look like Anthropic's. Any other key gets a 401.

        On start one line of JSON goes to stdout: {"port":N,"url":"http://127.0.0.1:N","pid":N}.

        FAULTS
        \(faults)

        EXAMPLE
          provider-simulator --port 8099 &
          curl -s http://127.0.0.1:8099/v1/messages \\
            -H 'x-api-key: sk-sim-429-after-20-work' \\
            -H 'anthropic-version: 2023-06-01' \\
            -d '{"model":"claude-sonnet-4-5","max_tokens":64,
                 "messages":[{"role":"user","content":"Hello"}]}'
          curl -s 'http://127.0.0.1:8099/simulator/record?last=5'

        Under /simulator/ are: GET health, GET record, DELETE record, PUT rules, DELETE rules, POST forbid.
        """

    private static var faults: String {
        let width = Fault.allCases.map(\.rawValue.count).max() ?? 0
        return Fault.allCases.map { fault in
            let padding = String(repeating: " ", count: width - fault.rawValue.count)
            let lines = wrapped(fault.summary, columns: columns - width - 4)
            return "  \(fault.rawValue)\(padding)  "
                + lines.joined(separator: "\n" + String(repeating: " ", count: width + 4))
        }
        .joined(separator: "\n")
    }

    /// A little less than ArgumentParser wraps at when the terminal does not say; it would not indent.
    private static let columns = 78

    private static func wrapped(_ text: String, columns: Int) -> [String] {
        text.split(separator: " ").reduce(into: [""]) { lines, word in
            let line = lines[lines.count - 1]
            if line.count + 1 + word.count > columns {
                lines.append(String(word))
            } else {
                lines[lines.count - 1] = line.isEmpty ? String(word) : "\(line) \(word)"
            }
        }
    }
}
