/// A JSON number, kept as it was sent: neither digits nor magnitude are lost. RFC 8259 section 6.
package struct JSONNumber: Sendable, Equatable {
    /// The number as sent, by the grammar of RFC 8259.
    package let text: String

    /// An integer.
    package init(_ value: Int64) {
        text = String(value)
    }

    /// Takes what was already checked against the grammar.
    init(checked text: String) {
        self.text = text
    }

    /// Whether it is written without fraction and exponent.
    package var isInteger: Bool {
        text.utf8.allSatisfy { $0 == UInt8(ascii: "-") || Self.isDigit($0) }
    }

    /// The value if it is whole, however it is written (`3600.0`, `1e3`); nil when fractional or outside of `Int64`.
    package var wholeNumber: Int64? {
        Int64(text) ?? WholeNumber(text).value
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
}
