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
