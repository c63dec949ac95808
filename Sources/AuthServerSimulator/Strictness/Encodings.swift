/// Reads an `application/x-www-form-urlencoded` body: no empty pair, no broken escape, no repeated name.
enum FormBody {
    static func read(_ body: [UInt8]) throws(Refusal) -> [String: String] {
        guard !body.isEmpty else { throw .malformed("the body is empty, expected a form") }
        var fields: [String: String] = [:]
        for pair in body.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false) {
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")), equals != pair.startIndex else {
                throw .malformed("the body has a piece that is not name=value")
            }
            let name = try decode(pair[..<equals])
            let value = try decode(pair[equals...].dropFirst())
            guard fields.updateValue(value, forKey: name) == nil else { throw .malformed("the body repeats a name") }
        }
        return fields
    }

    private static func decode(_ encoded: ArraySlice<UInt8>) throws(Refusal) -> String {
        var bytes: [UInt8] = []
        var rest = encoded
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"):
                bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = hexDigit(rest.popFirst()), let low = hexDigit(rest.popFirst()) else {
                    throw .malformed("the body has a “%” without two hexadecimal digits")
                }
                bytes.append(high << 4 | low)
            case 0x21...0x7E:
                bytes.append(byte)
            default:
                throw .malformed("the body has an unescaped byte outside of printable ASCII")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed("the body is not UTF-8") }
        return text
    }

    private static func hexDigit(_ byte: UInt8?) -> UInt8? {
        byte.flatMap { Character(UnicodeScalar($0)).hexDigitValue }.map(UInt8.init)
    }
}

/// The shape of a software statement: three base64url parts with a dot between them. RFC 7515 section 7.1.
enum CompactJWS {
    static func isWellFormed(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 3 && parts.allSatisfy { isBase64URL($0) }
    }

    /// Unpadded base64url of at least one byte; no encoding is 1 character longer than a multiple of 4.
    private static func isBase64URL(_ part: Substring.UTF8View.SubSequence) -> Bool {
        part.count >= 2 && part.count % 4 != 1
            && part.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

/// Base64 with the standard alphabet, padded, on one line. RFC 4648 section 4.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Nil for anything but the one encoding of some bytes: white space, another alphabet, missing padding, stray bits.
    static func decode(_ text: String) -> [UInt8]? {
        let encoded = Array(text.utf8)
        guard encoded.count.isMultiple(of: 4) else { return nil }
        let padding = encoded.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding <= 2 else { return nil }
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var bitCount = 0
        for character in encoded.dropLast(padding) {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            bits = bits << 6 | UInt32(value)
            bitCount += 6
            guard bitCount >= 8 else { continue }
            bitCount -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
            bits &= (1 << UInt32(bitCount)) - 1
        }
        return bits == 0 ? bytes : nil
    }
}
