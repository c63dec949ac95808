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
