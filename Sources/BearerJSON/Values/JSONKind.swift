/// The kinds of JSON values. Each is described as people say it: `a string`, `true or false`, …
package enum JSONKind: Sendable, Equatable {
    case null, bool, number, string, array, object
}

extension JSONKind {
    /// The kind of value that begins with this byte, nil if none does.
    init?(leadingByte: UInt8) {
        switch leadingByte {
        case UInt8(ascii: "{"): self = .object
        case UInt8(ascii: "["): self = .array
        case UInt8(ascii: "\""): self = .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): self = .bool
        case UInt8(ascii: "n"): self = .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): self = .number
        default: return nil
        }
    }
}

extension JSONKind: CustomStringConvertible {
    package var description: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
