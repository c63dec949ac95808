import BearerJSON
import TestSupport
import Testing

@Suite struct JSONNumberTests {
    @Test(
        "the whole value is found however it is written",
        arguments: [
            ("0", 0), ("-0", 0), ("0.0", 0), ("0e999999999999999999999", 0), ("-0.000e-5", 0),
            ("3600", 3600), ("3600.0", 3600), ("3600.000e0", 3600), ("36e2", 3600), ("3.6E+3", 3600),
            ("0.0036e6", 3600), ("360000e-2", 3600), ("-1e1", -10), ("1e18", 1_000_000_000_000_000_000),
            ("9223372036854775807", .max), ("-9223372036854775808", .min),
            ("9223372036854775807.0", .max), ("-9.223372036854775808e18", .min),
            ("0.00000000000000000000000000001e29", 1), ("10000000000000000000000e-22", 1),
        ] as [(String, Int64)])
    func whole(text: String, value: Int64) {
        #expect(number(text).wholeNumber == value)
    }

    @Test(
        "a fraction or a number out of range has no whole value",
        arguments: [
            "0.5", "3600.1", "1e-1", "-1.5e0", "1.23e1", "1e19", "-1e19", "9223372036854775808",
            "9223372036854775808.0", "-9223372036854775809", "1e400", "1e-400", "1e99999999999999999999999",
            "1e-99999999999999999999999", "99999999999999999999", "9999999999999999999.0",
        ])
    func notWhole(text: String) {
        #expect(number(text).text == text)
        #expect(number(text).wholeNumber == nil)
    }

    @Test("moving the point and mending it by the exponent changes nothing", arguments: 0..<200 as Range<UInt64>)
    func shifted(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let value = Int64.random(in: .min ... .max, using: &generator) >> Int64.random(in: 0..<64, using: &generator)
        let digits = String(value.magnitude)
        let point = Int.random(in: 0...digits.count, using: &generator)
        let whole = point == 0 ? "0" : String(digits.prefix(point))
        let fraction = String(digits.dropFirst(point)) + "0"
        let text = (value < 0 ? "-" : "") + "\(whole).\(fraction)e\(digits.count - point)"
        #expect(number(text).wholeNumber == value, "\(text)")
    }

    @Test(
        "an integer is told by how it is written",
        arguments: [
            ("0", true), ("-12", true), ("123456789012345678901234567890", true), ("1.0", false), ("1e1", false),
        ])
    func isInteger(text: String, expected: Bool) {
        #expect(number(text).isInteger == expected)
    }
}
