// SPDX-License-Identifier: Apache-2.0

/// A copy of the record at one moment.
package struct Record: Hashable, Sendable {
    /// The newest, in order of arrival.
    package var requests: [RecordedRequest]
    /// Older requests that the list does not show.
    package var dropped: Int
    package var totals: RecordTotals
    /// Connections accepted since the start or the last reset, and those open now.
    package var connections: Int
    package var openConnections: Int

    package var json: JSONValue {
        let contraband = Contraband.allCases.map {
            JSONValue.Member($0.rawValue, .integer(totals.contraband[$0] ?? 0))
        }
        return [
            "connections": .integer(connections), "openConnections": .integer(openConnections),
            "open": .integer(totals.open), "contraband": .object(contraband), "totals": totals.json,
            "dropped": .integer(dropped), "requests": .array(requests.map(\.json)),
        ]
    }
}

/// Counts since the start or the last reset.
package struct RecordTotals: Hashable, Sendable {
    /// All requests, also those under way.
    package var requests = 0
    /// Requests under way.
    package var open = 0
    package var labels: [String: LabelTotals] = [:]
    package var faults: [String: Int] = [:]
    /// Ended requests by status; `none` when no head was sent.
    package var statuses: [String: Int] = [:]
    package var contraband: [Contraband: Int] = [:]

    package struct LabelTotals: Hashable, Sendable {
        package var requests = 0
        package var statuses: [String: Int] = [:]
        package var faults: [String: Int] = [:]

        fileprivate var json: JSONValue {
            [
                "requests": .integer(requests), "statuses": RecordTotals.counts(statuses),
                "faults": RecordTotals.counts(faults),
            ]
        }
    }

    mutating func change(_ label: String, _ change: (inout LabelTotals) -> Void) {
        let isKnown = labels[label] != nil || labels.count < Recorder.mostLabels
        change(&labels[isKnown ? label : Recorder.otherLabels, default: LabelTotals()])
    }

    package var json: JSONValue {
        let byLabel = labels.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, $0.value.json) }
        return [
            "requests": .integer(requests), "statuses": Self.counts(statuses), "faults": Self.counts(faults),
            "labels": .object(byLabel),
        ]
    }

    private static func counts(_ counts: [String: Int]) -> JSONValue {
        .object(counts.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .integer($0.value)) })
    }
}
