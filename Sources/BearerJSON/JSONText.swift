/// A string or key as ``JSONReader`` found it: a view into the input, already checked.
///
/// As a collection it is the UTF-8 of the text, escapes resolved on the way, so that a secret can be copied from the
/// input to where it belongs without passing through memory that nobody wipes. Valid as long as the input.
package struct JSONText {
    /// What stands between the double quotes, as sent.
    package let encoded: UnsafeRawBufferPointer
    let hasEscapes: Bool
    /// Bytes before the opening double quote.
    package let offset: Int

    /// The text.
    package var string: String { String(decoding: self, as: UTF8.self) }

    /// Whether the text is `other`, which must be ASCII; nothing is allocated.
    package func equals(_ other: StaticString) -> Bool {
        let other = UnsafeRawBufferPointer(start: other.utf8Start, count: other.utf8CodeUnitCount)
        return hasEscapes ? elementsEqual(other) : encoded.elementsEqual(other)
    }

    /// Fit for a message: at most 24 characters, the unprintable ones replaced.
    ///
    /// For keys only: a string value may be a secret.
    package var excerpt: String {
        let longest = 24
        let text = string
        let shown = text.unicodeScalars.prefix(longest).map { Self.isPrintable($0) ? Character($0) : "?" }
        return String(shown) + (text.unicodeScalars.count > longest ? "…" : "")
    }

    /// Neither does anything to a terminal nor is invisible, nor turns the direction of what follows.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return " "..."~" ~= scalar }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }

    /// The error for a key that its object already has.
    package var repeated: JSONError {
        JSONError(offset: offset, problem: "found the key '\(excerpt)' a second time, expected each key once")
    }
}

extension JSONText: Collection {
    /// A byte of the text: the place of its character in the input, and which byte of the character it is.
    package struct Index: Comparable {
        let offset: Int
        let part: Int

        package static func < (left: Index, right: Index) -> Bool {
            (left.offset, left.part) < (right.offset, right.part)
        }
    }

    package var startIndex: Index { Index(offset: 0, part: 0) }
    package var endIndex: Index { Index(offset: encoded.count, part: 0) }

    package subscript(position: Index) -> UInt8 {
        guard let escape = escape(at: position) else { return encoded[position.offset] }
        let character = UTF8.encode(escape.scalar) ?? UTF8.encodedReplacementCharacter
        return character[character.index(character.startIndex, offsetBy: position.part)]
    }

    package func index(after position: Index) -> Index {
        guard let escape = escape(at: position) else { return Index(offset: position.offset + 1, part: 0) }
        let isLast = position.part + 1 == UTF8.width(escape.scalar)
        return isLast
            ? Index(offset: position.offset + escape.length, part: 0)
            : Index(offset: position.offset, part: position.part + 1)
    }

    package func withContiguousStorageIfAvailable<Result>(
        _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result? {
        hasEscapes ? nil : try encoded.withContiguousStorageIfAvailable(body)
    }

    private func escape(at position: Index) -> JSONEscape? {
        encoded[position.offset] == UInt8(ascii: "\\") ? JSONEscape(at: position.offset, of: encoded) : nil
    }
}
