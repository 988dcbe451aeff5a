// SPDX-License-Identifier: Apache-2.0

/// What the text of a key says about itself: `sk-sim-<fault>-<label>`.
struct KeyConvention: Hashable, Sendable {
    var label: String
    var fault: Fault
    var parameters = FaultParameters()

    private static let prefixes = ["sk-sim-", "sk-ant-api03-sim-"]
    private static let longestLabel = 100
    /// Longest first, so that `429-echo-a` is not read as `429` with the label `echo-a`.
    private static let faults = Fault.allCases.filter { $0 != .ok }
        .sorted { $0.rawValue.count > $1.rawValue.count }
        .map { (fault: $0, word: $0.rawValue, start: $0.rawValue + "-") }

    /// - Returns: nil for a key that follows no convention. A provider would not know it either.
    init?(key: String) {
        guard let prefix = Self.prefixes.first(where: key.hasPrefix) else { return nil }
        let rest = key.dropFirst(prefix.count)
        if rest.hasPrefix(Fault.ok.rawValue) {
            self.init(fault: .ok, rest: rest.dropFirst(Fault.ok.rawValue.count))
            return
        }
        let named = Self.faults.first { rest == $0.word || rest.hasPrefix($0.start) }
        guard let named else { return nil }
        self.init(fault: named.fault, rest: rest.dropFirst(named.word.count))
    }

    private init(fault: Fault, rest: Substring) {
        self.fault = fault
        var label = rest.drop { $0 == "-" }
        if let number = fault.number {
            let digits = label.prefix { $0.isASCII && $0.isNumber }
            if let value = Int(digits) {
                parameters[keyPath: number.keyPath] = value
                label = label.dropFirst(digits.count).drop { $0 == "-" }
            }
        }
        self.label = label.isEmpty ? fault.rawValue : String(label.prefix(Self.longestLabel))
    }
}
