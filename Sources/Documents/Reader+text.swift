// SPDX-License-Identifier: Apache-2.0

extension Reader {
    /// Reads a string in double quotes, or single ones in JSON5.
    mutating func readString(as kind: Node.Kind) throws(Failure) {
        let start = position
        let quote = bytes[position]
        var isEscaped = false
        position += 1
        while let byte = current {
            if byte == quote {
                position += 1
                append(kind, from: start, to: position, isEscaped: isEscaped)
                return
            }
            switch byte {
            case UInt8(ascii: "\\"):
                isEscaped = true
                position += 1
                try skipEscape()
            case 0x0A, 0x0D: throw failure("A line ends inside a string.")
            case 0..<0x20 where dialect == .json: throw failure("A control character stands inside a string.")
            default: position += 1
            }
        }
        throw Failure(offset: start, problem: "A string is not closed.")
    }

    private mutating func skipEscape() throws(Failure) {
        guard let byte = current else { throw failure("The document ends inside a string.") }
        position += 1
        switch byte {
        case UInt8(ascii: "u"): try skipHexadecimal(4)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return
        default:
            guard dialect == .json5 else { throw Failure(offset: position - 1, problem: "This escape does not exist.") }
            if byte == UInt8(ascii: "x") { return try skipHexadecimal(2) }
            if byte == 0x0D, current == 0x0A { position += 1 }
            let isDigit = (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(byte)
            let isOctal = byte == UInt8(ascii: "0") && current.map { (0x30...0x39).contains($0) } == true
            if isDigit || isOctal { throw Failure(offset: position - 1, problem: "This escape does not exist.") }
        }
    }

    private mutating func skipHexadecimal(_ digits: Int) throws(Failure) {
        for _ in 0..<digits {
            guard let byte = current, isHexadecimal(byte) else {
                throw failure("\(digits) hexadecimal digits were expected.")
            }
            position += 1
        }
    }

    mutating func readKey() throws(Failure) {
        switch current {
        case nil: throw failure("The document ends inside an object.")
        case UInt8(ascii: "\""): try readString(as: .key)
        case UInt8(ascii: "'") where dialect == .json5: try readString(as: .key)
        default:
            guard dialect == .json5 else { throw failure("A key in double quotes was expected.") }
            try readIdentifier()
        }
    }

    /// An unquoted key. Every character beyond ASCII is let through, which is more than the standard allows.
    private mutating func readIdentifier() throws(Failure) {
        let start = position
        var isEscaped = false
        while let byte = current {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
                UInt8(ascii: "$"):
                position += 1
            case UInt8(ascii: "0")...UInt8(ascii: "9") where position > start: position += 1
            case 0x80... where spaceLength() == 0: position += 1
            case UInt8(ascii: "\\"):
                isEscaped = true
                position += 1
                guard current == UInt8(ascii: "u") else { throw failure("This escape does not exist.") }
                position += 1
                try skipHexadecimal(4)
            default:
                guard position > start else { throw failure("A key was expected.") }
                return append(.key, from: start, to: position, isEscaped: isEscaped)
            }
        }
        throw failure("The document ends inside an object.")
    }

    private func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}

extension Reader {
    mutating func readNumber() throws(Failure) {
        let start = position
        skipSign()
        if dialect == .json5 {
            var isWord = try skipWord("Infinity")
            if !isWord { isWord = try skipWord("NaN") }
            if isWord { return append(.number, from: start, to: position) }
        }
        if dialect == .json5, current == UInt8(ascii: "0"), isX(at: position + 1) {
            position += 2
            guard skipDigits(where: isHexadecimal) > 0 else { throw failure("A hexadecimal digit was expected.") }
            return append(.number, from: start, to: position)
        }
        try skipDecimal(start)
        append(.number, from: start, to: position)
    }

    private mutating func skipSign() {
        if current == UInt8(ascii: "-") || (dialect == .json5 && current == UInt8(ascii: "+")) { position += 1 }
    }

    private func isX(at offset: Int) -> Bool {
        offset < bytes.count && (bytes[offset] == UInt8(ascii: "x") || bytes[offset] == UInt8(ascii: "X"))
    }

    private mutating func skipDecimal(_ start: Int) throws(Failure) {
        let first = position
        let whole = skipDigits(where: isDigit)
        if whole > 1, bytes[first] == UInt8(ascii: "0") {
            throw Failure(offset: first, problem: "A number may not begin with a needless 0.")
        }
        var fraction = 0
        if current == UInt8(ascii: "."), whole > 0 || dialect == .json5 {
            position += 1
            fraction = skipDigits(where: isDigit)
            if fraction == 0, dialect == .json || whole == 0 { throw failure("A digit was expected.") }
        }
        guard whole + fraction > 0 else {
            throw Failure(offset: start, problem: "This is not a value.")
        }
        guard current == UInt8(ascii: "e") || current == UInt8(ascii: "E") else { return }
        position += 1
        if current == UInt8(ascii: "-") || current == UInt8(ascii: "+") { position += 1 }
        guard skipDigits(where: isDigit) > 0 else { throw failure("A digit was expected.") }
    }

    private func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0") <= byte && byte <= UInt8(ascii: "9") }

    private mutating func skipDigits(where belongs: (UInt8) -> Bool) -> Int {
        let start = position
        while let byte = current, belongs(byte) { position += 1 }
        return position - start
    }

    private mutating func skipWord(_ word: StaticString) throws(Failure) -> Bool {
        guard current == word.utf8Start[0] else { return false }
        for offset in 0..<word.utf8CodeUnitCount {
            guard current == word.utf8Start[offset] else { throw failure("This is not a value.") }
            position += 1
        }
        return true
    }
}
