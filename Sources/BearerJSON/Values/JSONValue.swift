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
}

extension JSONValue {
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
