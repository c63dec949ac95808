/// The `Retry-After` header; RFC 9110 section 10.2.3.
enum RetryAfter {
    /// Longer waits than this, about 31 years, are taken for nonsense.
    private static let mostDigits = 9

    /// The wait that `value` asks for: seconds or a date, of which a past one means none. Nil if it is neither.
    ///
    /// - Parameter now: the wall clock since 1970.
    static func parse(_ value: String, now: Duration) -> Duration? {
        let trimmed = trimming(value)
        if !trimmed.isEmpty, trimmed.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) {
            return trimmed.utf8.count <= mostDigits ? Int64(trimmed).map { .seconds($0) } : nil
        }
        guard let date = HTTPDate.unixSeconds(trimmed) else { return nil }
        let wait = max(.zero, .seconds(date) - now)
        return wait < .seconds(1_000_000_000) ? wait : nil
    }

    private static func trimming(_ text: String) -> Substring {
        var text = text[...]
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text.drop(while: isSpace)
    }

    private static func isSpace(_ character: Character) -> Bool { character == " " || character == "\t" }
}
