/// Any JSON value.
///
/// Its strings are ordinary strings: read what is secret with ``JSONReader`` instead, and copy it from ``JSONText``
/// to where it will be wiped.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// What kind of value it is.
    package var kind: JSONKind {
        switch self {
        case .null: .null
        case .bool: .bool
        case .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }

    /// The value of `true` or `false`, nil for anything else.
    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The number, nil for anything else.
    package var number: JSONNumber? {
        if case .number(let value) = self { value } else { nil }
    }

    /// The value of a whole number, nil for anything else and for a number that is fractional or outside of `Int64`.
    package var wholeNumber: Int64? { number?.wholeNumber }

    /// The text of a string, nil for anything else.
    package var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The elements of an array, nil for anything else.
    package var array: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members of an object, nil for anything else.
    package var object: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The member of an object; nil if there is none or this is no object.
    package subscript(key: String) -> JSONValue? { object?[key] }
}

/// The kinds of JSON values. Each is described as people say it: `a string`, `true or false`, …
package enum JSONKind: Sendable, Equatable {
    case null, bool, number, string, array, object

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

/// The members of a JSON object, in the order in which they were sent.
///
/// Keys are looked up byte by byte, as RFC 8259 section 8.3 advises; objects are equal if their order is, too.
package struct JSONObject: Sendable, Equatable {
    private let members: [Member]

    /// The caller makes sure that no key is repeated; of repeated ones, the first is found.
    package init(_ members: [(String, JSONValue)]) {
        self.members = members.map(Member.init)
    }

    /// The value of a member, nil if there is none.
    package subscript(key: String) -> JSONValue? {
        members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }

    /// The keys, in order.
    package var keys: [String] { members.map(\.key) }

    /// Visits the members, in order.
    package func forEach(_ body: (_ key: String, _ value: JSONValue) -> Void) {
        for member in members { body(member.key, member.value) }
    }
}

private struct Member: Sendable, Equatable {
    let key: String
    let value: JSONValue
}

extension JSONValue {
    /// Reads one value with nothing but white space around it.
    ///
    /// Refuses what ``JSONReader`` refuses, and a key that an object repeats. `maximumDepth` bounds the recursion.
    package init(
        parsing bytes: some Collection<UInt8>, maximumDepth: Int = JSONReader.defaultDepth
    ) throws(JSONError) {
        let outcome = Array(bytes).withUnsafeBytes { buffer in
            Result { () throws(JSONError) in
                var reader = JSONReader(buffer, maximumDepth: maximumDepth)
                let value = try reader.readValue()
                try reader.finish()
                return value
            }
        }
        self = try outcome.get()
    }
}

extension JSONReader {
    /// Reads any value. Refuses a key that an object repeats.
    package mutating func readValue() throws(JSONError) -> JSONValue {
        switch try peek() {
        case .null:
            try readNull()
            return .null
        case .bool: return .bool(try readBool())
        case .number: return .number(try readNumber())
        case .string: return .string(try readString().string)
        case .array: return .array(try readArray())
        case .object: return .object(try readObject())
        }
    }

    private mutating func readArray() throws(JSONError) -> [JSONValue] {
        var elements: [JSONValue] = []
        try beginArray()
        while try nextElement() { elements.append(try readValue()) }
        return elements
    }

    private mutating func readObject() throws(JSONError) -> JSONObject {
        var members: [(String, JSONValue)] = []
        try readMembers { (key, reader) throws(JSONError) in members.append((key.string, try reader.readValue())) }
        return JSONObject(members)
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }
}
