import TestSupport
import Testing

@testable import BearerUpstream

@Suite("Retry-After")
struct RetryAfterTests {
    /// Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110.
    static let now = Duration.seconds(784_111_777)

    static let longest = Duration.seconds(Int32.max)

    static let values: [(String, Duration?)] = [
        ("0", .zero), ("1", .seconds(1)), ("120", .seconds(120)), (" 7\t", .seconds(7)), ("007", .seconds(7)),
        ("999999999", .seconds(999_999_999)), ("9999999999", longest), ("99999999999999999999999", longest),
        ("", nil), (" ", nil), ("-5", nil), ("+5", nil), ("1.5", nil), ("1e30", nil), ("soon", nil), ("٣", nil),
        ("Sun, 06 Nov 1994 08:49:37 GMT", .zero),
        ("Sun, 06 Nov 1994 08:50:37 GMT", .seconds(60)),
        ("Sunday, 06-Nov-94 08:50:37 GMT", .seconds(60)),
        ("Sun Nov  6 08:50:37 1994", .seconds(60)),
        ("Mon, 07 Nov 1994 08:49:37 GMT", .seconds(86_400)),
        ("Sun, 06 Nov 1994 08:49:36 GMT", .zero), ("Thu, 01 Jan 1970 00:00:00 GMT", .zero),
        ("Fri, 31 Dec 9999 23:59:59 GMT", longest),
        ("Sun, 06 Nov 1994 08:50:37", nil), ("Sun, 06 Nov 1994 08:50:37 CET", nil),
        ("Sun, 06 Nov 1994 24:50:37 GMT", nil), ("Sun, 06 Nov 1994 08:60:37 GMT", nil),
        ("Sun, 00 Nov 1994 08:50:37 GMT", nil), ("Sun, 06 Foo 1994 08:50:37 GMT", nil),
        ("Sun, 06 Nov 99999 08:50:37 GMT", nil), ("Sun, 06 Nov 1994 08:50:+7 GMT", nil),
    ]

    @Test("seconds and the three forms of a date are read, everything else is ignored", arguments: values)
    func parses(value: String, expected: Duration?) {
        #expect(RetryAfter.parse(value, now: Self.now) == expected)
    }

    @Test("a date counts from the reading of the clock, its fraction included")
    func fraction() {
        let wait = RetryAfter.parse("Sun, 06 Nov 1994 08:49:39 GMT", now: Self.now + .milliseconds(500))
        #expect(wait == .milliseconds(1500))
    }

    @Test("random text never traps")
    func random() {
        var generator = SeededGenerator(seed: 1)
        let alphabet = Array("0123456789 ,:-GMTSunNov+e.\u{0}ä")
        for _ in 0..<5000 {
            let text = String(
                (0..<Int.random(in: 0..<40, using: &generator)).map { _ in
                    alphabet.randomElement(using: &generator) ?? " "
                })
            if let wait = RetryAfter.parse(text, now: Self.now) { #expect(wait >= .zero) }
        }
    }
}
