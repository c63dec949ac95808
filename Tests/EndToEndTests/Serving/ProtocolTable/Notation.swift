/// What a cell of the table consists of: bytes as they are, and words in `⟨…⟩` for what cannot be written.
enum Notation: Equatable, Sendable {
    case bytes([UInt8])
    /// Sent: the packet ends here.
    case packet
    /// Sent: each byte from here on is a packet of its own.
    case singleBytes
    /// Sent: the client closes its sending half.
    case end
    /// Answered: the daemon closes the connection.
    case closed
    case placeholder(Placeholder)

    /// What differs from one time to another.
    enum Placeholder: String, CaseIterable, Sendable {
        case token, number, time, version, text
    }

    struct Mistake: Error, CustomStringConvertible {
        let text: String
        var description: String { "the table: \(text)" }
    }

    static func parse(_ cell: Substring) throws -> [Notation] {
        var parts: [Notation] = []
        var rest = cell.unicodeScalars
        while let scalar = rest.popFirst() {
            switch scalar {
            case "⏎": parts.append(bytes: [UInt8(ascii: "\n")])
            case "⟨":
                let word = String(rest.prefix { $0 != "⟩" })
                rest = rest.dropFirst(word.unicodeScalars.count)
                guard rest.popFirst() == "⟩" else { throw Mistake(text: "⟨\(word) has no end") }
                try parts.append(word: word)
            default: parts.append(bytes: Array(String(scalar).utf8))
            }
        }
        return parts
    }
}

extension [Notation] {
    mutating func append(bytes: [UInt8]) {
        if case .bytes(let before) = last {
            self[count - 1] = .bytes(before + bytes)
        } else {
            append(.bytes(bytes))
        }
    }

    fileprivate mutating func append(word: String) throws {
        switch word {
        case "packet": append(.packet)
        case "bytes": append(.singleBytes)
        case "end": append(.end)
        case "closed": append(.closed)
        default:
            if let placeholder = Notation.Placeholder(rawValue: word) {
                append(.placeholder(placeholder))
            } else if word.utf8.count == 2, let byte = UInt8(word, radix: 16) {
                append(bytes: [byte])
            } else {
                append(bytes: try Self.repetition(word))
            }
        }
    }

    /// `9 × x` and `9 × 0x20`.
    private static func repetition(_ word: String) throws -> [UInt8] {
        let parts = word.split(separator: " × ")
        guard parts.count == 2, let count = Int(parts[0]) else { throw Notation.Mistake(text: "⟨\(word)⟩ is no word") }
        if parts[1].hasPrefix("0x"), let byte = UInt8(parts[1].dropFirst(2), radix: 16) {
            return [UInt8](repeating: byte, count: count)
        }
        return [UInt8](String(repeating: String(parts[1]), count: count).utf8)
    }
}
