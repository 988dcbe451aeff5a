// SPDX-License-Identifier: Apache-2.0

extension UInt8 {
    var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isASCIIUpper: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
    var isASCIILetterOrDigit: Bool {
        isASCIIDigit || isASCIIUpper || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self)
    }
    /// May stand in a header field without quoting: what the field's grammar calls VCHAR.
    var isVisibleASCII: Bool { (0x21...0x7E).contains(self) }
}

extension StringProtocol {
    /// A name that a model can have beside its own.
    package var isAliasName: Bool {
        !isEmpty && utf8.count <= 64 && utf8.allSatisfy { $0.isASCIILetterOrDigit || "_.:-".utf8.contains($0) }
    }

    /// Clients ask for the default model by it.
    package var isReservedAlias: Bool { ["default", "agenticflow-enterprise"].contains { $0 == self } }

    /// A name that shells accept for a variable.
    package var isVariableName: Bool {
        guard let first = utf8.first, !first.isASCIIDigit else { return false }
        return utf8.allSatisfy { $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "_") }
    }

    /// A capital, then capitals, digits and `_`, at most 128, as `${…}` takes it.
    var isReferenceName: Bool {
        guard let first = utf8.first, first.isASCIIUpper, utf8.count <= 128 else { return false }
        return utf8.allSatisfy { $0.isASCIIUpper || $0.isASCIIDigit || $0 == UInt8(ascii: "_") }
    }
}
