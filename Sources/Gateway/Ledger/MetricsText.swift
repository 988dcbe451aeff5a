// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Providers

/// The Prometheus text format (version 0.0.4).
struct MetricsText {
    private(set) var text = ""

    mutating func append(_ metrics: Metrics) {
        family("agenticflow_requests_total", "counter", "Requests answered, by route and status.")
        for (key, count) in metrics.requests.sorted(by: {
            ($0.key.route, $0.key.status) < ($1.key.route, $1.key.status)
        }) {
            sample("agenticflow_requests_total", [("route", key.route), ("status", String(key.status))], "\(count)")
        }
        family("agenticflow_attempts_total", "counter", "Attempts at providers, by outcome.")
        for (key, count) in metrics.attempts.sorted(by: {
            ($0.key.provider, $0.key.outcome) < ($1.key.provider, $1.key.outcome)
        }) {
            sample("agenticflow_attempts_total", [("provider", key.provider), ("outcome", key.outcome)], "\(count)")
        }
        histogram("agenticflow_request_seconds", "Whole requests, in seconds.", metrics.requestSeconds)
        histogram(
            "agenticflow_first_token_seconds", "From the request to the first byte for the client, in seconds.",
            metrics.firstTokenSeconds)
        family("agenticflow_open_streams", "gauge", "Streams being relayed now.")
        sample("agenticflow_open_streams", [], "\(metrics.openStreams)")
        family("agenticflow_tokens_total", "counter", "Tokens as the providers counted them.")
        let kinds = [
            ("input", metrics.tokens.input), ("output", metrics.tokens.output),
            ("cache_read", metrics.tokens.cacheRead), ("cache_write", metrics.tokens.cacheWrite),
        ]
        for (kind, count) in kinds { sample("agenticflow_tokens_total", [("kind", kind)], "\(count)") }
    }

    mutating func family(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: String) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    private mutating func histogram(_ name: String, _ help: String, _ histogram: Histogram) {
        family(name, "histogram", help)
        var running = 0
        for (bound, count) in zip(Histogram.boundsMilliseconds, histogram.counts) {
            running += count
            sample(name + "_bucket", [("le", "\(Double(bound) / 1000)")], "\(running)")
        }
        sample(name + "_bucket", [("le", "+Inf")], "\(histogram.total)")
        sample(name + "_sum", [], "\(Double(histogram.sumNanoseconds) / 1e9)")
        sample(name + "_count", [], "\(histogram.total)")
    }

    private static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": out += "\\\\"
            case "\"": out += "\\\""
            case "\n": out += "\\n"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
