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
