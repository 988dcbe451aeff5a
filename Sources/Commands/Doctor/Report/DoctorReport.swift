// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents

/// The findings of one run, in words or as JSON.
struct DoctorReport {
    /// In the order of the groups, the worst first.
    let findings: [Finding]
    /// Each variable that counts: the layer it is from, what it shadows, and whether the gateway has the same.
    private let variables: [Literal]

    init(findings: [Finding], _ survey: Survey) {
        self.findings = findings
        variables = (survey.overviews.first?.variables ?? []).map { $0.json(survey.context, survey.layout) }
    }

    func count(_ severity: CheckID.Severity) -> Int { findings.count { $0.severity == severity } }
    var repairable: Int { findings.count { $0.repair != nil } }

    // MARK: Words

    var lines: [String] {
        var lines: [String] = []
        for group in CheckID.Group.allCases {
            let found = findings.filter { $0.id.group == group }
            guard !found.isEmpty else { continue }
            lines += [group.rawValue] + found.flatMap(Self.lines) + [""]
        }
        return lines
    }

    private static func lines(_ finding: Finding) -> [String] {
        [
            "  \(finding.severity.rawValue): \(finding.what.escapedForDisplay) [\(finding.id.rawValue)]",
            "    why: \(finding.why.escapedForDisplay)", "    fix: \(finding.fix.escapedForDisplay)",
        ]
    }

    var summary: String {
        guard !findings.isEmpty else { return "Nothing found." }
        let parts = [
            Self.counted(count(.error), "error"), Self.counted(count(.warning), "warning"),
            Self.counted(count(.info), "note"),
        ].compactMap { $0 }
        let repair = repairable == 0 ? "" : " \(repairable) can be repaired: \(program) doctor --fix"
        return "\(parts.joined(separator: ", ")).\(repair)"
    }

    private static func counted(_ count: Int, _ word: String) -> String? {
        count == 0 ? nil : "\(count) \(word)\(count == 1 ? "" : "s")"
    }

    // MARK: JSON

    var json: String {
        Literal.object([
            .init("version", .integer(1)), .init("checks", .array(findings.map(\.json))),
            .init("variables", .array(variables)),
            .init(
                "summary",
                .object([
                    .init("errors", .integer(Int64(count(.error)))),
                    .init("warnings", .integer(Int64(count(.warning)))),
                    .init("infos", .integer(Int64(count(.info)))),
                    .init("repairable", .integer(Int64(repairable))),
                ])),
        ]).pretty() + "\n"
    }
}
