/// One escape of a JSON string. RFC 8259 section 7.
struct JSONEscape {
    let scalar: Unicode.Scalar
    /// Bytes of the escape, the backslash included; 12 for a surrogate pair.
    let length: Int

    /// Nil if there is no valid escape at `offset`: an unknown letter, too few digits, a lone surrogate.
    init?(at offset: Int, of bytes: UnsafeRawBufferPointer) {
        guard offset + 1 < bytes.count else { return nil }
        if let scalar = Self.short(bytes[offset + 1]) {
            self.scalar = scalar
            length = 2
            return
        }
        guard let first = Self.codeUnit(at: offset, of: bytes) else { return nil }
        if let scalar = Unicode.Scalar(first) {
            self.scalar = scalar
            length = 6
            return
        }
        guard UTF16.isLeadSurrogate(first), let second = Self.codeUnit(at: offset + 6, of: bytes),
            UTF16.isTrailSurrogate(second)
        else { return nil }
        scalar = UTF16.decode(UTF16.EncodedScalar([first, second]))
        length = 12
    }

    private static func short(_ letter: UInt8) -> Unicode.Scalar? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): Unicode.Scalar(letter)
        case UInt8(ascii: "b"): "\u{08}"
        case UInt8(ascii: "f"): "\u{0C}"
        case UInt8(ascii: "n"): "\n"
        case UInt8(ascii: "r"): "\r"
        case UInt8(ascii: "t"): "\t"
        default: nil
        }
    }

    /// The UTF-16 code unit that `\uXXXX` at `offset` stands for.
    private static func codeUnit(at offset: Int, of bytes: UnsafeRawBufferPointer) -> UInt16? {
        guard offset + 6 <= bytes.count, bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u")
        else { return nil }
        var value: UInt16 = 0
        for byte in bytes[(offset + 2)..<(offset + 6)] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return value
    }
}

/// Well-formed UTF-8 beyond ASCII, as table 3-7 of the Unicode Standard lists it: nothing overlong, no surrogates,
/// nothing above U+10FFFF.
enum UTF8Sequence {
    /// The length of the sequence at `offset`, nil if it is not well-formed.
    static func length(at offset: Int, of bytes: UnsafeRawBufferPointer) -> Int? {
        let (length, second) = shape(lead: bytes[offset])
        guard length > 0, offset + length <= bytes.count, second.contains(bytes[offset + 1]) else { return nil }
        for position in (offset + 2)..<max(offset + 2, offset + length) where bytes[position] & 0xC0 != 0x80 {
            return nil
        }
        return length
    }

    /// The length that a lead byte announces, 0 if it cannot lead, and what the second byte may be.
    private static func shape(lead: UInt8) -> (length: Int, second: ClosedRange<UInt8>) {
        switch lead {
        case 0xC2...0xDF: (2, 0x80...0xBF)
        case 0xE0: (3, 0xA0...0xBF)
        case 0xED: (3, 0x80...0x9F)
        case 0xE1...0xEF: (3, 0x80...0xBF)
        case 0xF0: (4, 0x90...0xBF)
        case 0xF1...0xF3: (4, 0x80...0xBF)
        case 0xF4: (4, 0x80...0x8F)
        default: (0, 0...0)
        }
    }
}
