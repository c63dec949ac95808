/// The names that profiles may have: `[a-z0-9][a-z0-9.-]{0,31}`.
///
/// A name is also that of a directory in the state directory and an id of `LoadCredential=`. `access_token`, the id that
/// stands for the default profile, has an underscore so that no profile can have it.
package enum ProfileName {
    /// The profile that is meant where none is named.
    package static let standard = "default"

    /// The rule, for messages.
    package static let pattern = "[a-z0-9][a-z0-9.-]{0,31}"

    /// Whether the bytes of a name follow the rule.
    package static func isValid(_ name: some Collection<UInt8>) -> Bool {
        guard let first = name.first, isAllowedFirst(first) else { return false }
        return name.count <= 32
            && name.allSatisfy { isAllowedFirst($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    private static func isAllowedFirst(_ byte: UInt8) -> Bool {
        ASCII.isSmallLetter(byte) || ASCII.isDigit(byte)
    }
}

/// A text that others wrote, made fit for a message of one line.
package enum Quotation {
    /// Longer texts are not repeated: what is that long may be a secret in the wrong place.
    private static let longest = 64

    /// `"text"` with control characters escaped, or its length if it is long.
    package static func quoted(_ text: String) -> String {
        isShort(text) ? "\"\(escaped(text))\"" : "a text of \(text.unicodeScalars.count) characters"
    }

    /// Whether a text is short enough to be repeated.
    package static func isShort(_ text: String) -> Bool {
        text.unicodeScalars.count <= longest
    }

    /// The text with what does not print escaped, as in a literal of Swift.
    package static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "\n": "\\n"
            case "\t": "\\t"
            case "\"", "\\": "\\\(scalar)"
            default: isPrintable(scalar) ? "\(scalar)" : "\\u{\(String(scalar.value, radix: 16))}"
            }
        }.joined()
    }

    /// Whether a terminal and a YAML reader take the scalar as it is.
    package static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }
}

/// Finds what a misspelt word was probably meant to be.
package enum Spelling {
    /// In bytes. Longer words are not looked at.
    private static let longest = 64

    /// The nearest of `candidates`; nil if none is near. Case does not count.
    ///
    /// Near is a candidate that a third of the word's letters, at least one and at most three, turn into it, or one that
    /// begins with the word.
    package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let letters = Array(word.lowercased().utf8)
        guard (1...longest).contains(letters.count) else { return nil }
        let tolerance = max(1, min(3, letters.count / 3))
        var nearest: (candidate: String, distance: Int)?
        for candidate in candidates {
            let other = Array(candidate.lowercased().utf8)
            let isBeginning = letters.count >= 3 && other.starts(with: letters)
            guard isBeginning || abs(other.count - letters.count) <= tolerance else { continue }
            let distance = distance(letters, other)
            guard isBeginning || distance <= tolerance && distance < other.count else { continue }
            if distance < nearest?.distance ?? .max { nearest = (candidate, distance) }
        }
        return nearest?.candidate
    }

    /// The number of letters to insert, remove, replace or swap with their neighbour (optimal string alignment).
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    best = min(best, beforeLast[j - 1] + 1)
                }
                row.append(best)
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }
}

/// Classes of ASCII characters.
package enum ASCII {
    package static func isSmallLetter(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
    }

    package static func isLetter(_ byte: UInt8) -> Bool {
        isSmallLetter(byte | 0x20)
    }

    package static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }

    package static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte | 0x20
    }

    /// A space or a visible character.
    package static func isPrintable(_ byte: UInt8) -> Bool {
        UInt8(ascii: " ")...UInt8(ascii: "~") ~= byte
    }

    /// The number that decimal digits and nothing else stand for, `Int64.max` where it is larger; nil for other texts.
    package static func number(_ digits: some StringProtocol) -> Int64? {
        guard !digits.isEmpty, digits.utf8.allSatisfy(isDigit) else { return nil }
        return Int64(digits) ?? .max
    }
}

/// What people keep in a file around what is meant.
package enum PastedText {
    /// Without the white space and byte order mark at both ends, and with `quotes` without quotes: the typographic ones that
    /// editors make of them too.
    package static func trimmed(_ bytes: UnsafeRawBufferPointer, quotes: Bool) -> Slice<UnsafeRawBufferPointer> {
        let surroundings = quotes ? space + self.quotes : space
        var rest = bytes[...]
        while let prefix = surroundings.first(where: { rest.starts(with: $0) }) {
            rest = rest.dropFirst(prefix.count)
        }
        while let suffix = surroundings.first(where: { rest.suffix($0.count).elementsEqual($0) }) {
            rest = rest.dropLast(suffix.count)
        }
        return rest
    }

    private static let space = [" ", "\t", "\r", "\n", "\u{A0}", "\u{FEFF}"].map { Array($0.utf8) }
    private static let quotes = ["\"", "'", "`", "“", "”", "‘", "’"].map { Array($0.utf8) }
}
