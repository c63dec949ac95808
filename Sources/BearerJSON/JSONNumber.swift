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

/// Works out the whole value of a number that is written with a fraction or an exponent.
///
/// Such a number is its digits, a point after `pointPosition` of them, and a sign.
private struct WholeNumber {
    private var isNegative = false
    private var digits: [UInt8] = []
    private var pointPosition = 0

    /// Beyond this an exponent decides over range and fraction whatever the digits are; see ``scale(by:)``.
    private static let maximumExponent = 1_000_000_000

    init(_ text: String) {
        var rest = text[...].utf8
        if rest.first == UInt8(ascii: "-") {
            isNegative = true
            rest.removeFirst()
        }
        digits = Array(rest.prefix(while: JSONNumber.isDigit))
        pointPosition = digits.count
        rest = rest.dropFirst(digits.count)
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix(while: JSONNumber.isDigit)
            digits += fraction
            rest = rest.dropFirst(1 + fraction.count)
        }
        if !rest.isEmpty { scale(by: rest.dropFirst()) }
    }

    private mutating func scale(by exponent: Substring.UTF8View) {
        let isDown = exponent.first == UInt8(ascii: "-")
        var magnitude = 0
        for digit in exponent where JSONNumber.isDigit(digit) {
            magnitude = min(magnitude * 10 + Int(digit - UInt8(ascii: "0")), Self.maximumExponent)
        }
        pointPosition += isDown ? -magnitude : magnitude
    }

    /// Nil when fractional or outside of `Int64`.
    var value: Int64? {
        let zero = UInt8(ascii: "0")
        guard let first = digits.firstIndex(where: { $0 != zero }),
            let last = digits.lastIndex(where: { $0 != zero })
        else { return 0 }
        let longest = 19
        guard last < pointPosition, pointPosition - first <= longest else { return nil }
        var value: Int64 = 0
        for position in first..<pointPosition {
            let digit = position <= last ? Int64(digits[position] - zero) : 0
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, isTooLargeToo) = product.subtractingReportingOverflow(digit)
            if isTooLarge || isTooLargeToo { return nil }
            value = sum
        }
        return isNegative ? value : (value == .min ? nil : -value)
    }
}
