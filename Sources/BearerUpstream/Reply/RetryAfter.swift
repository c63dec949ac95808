/// The `Retry-After` header; RFC 9110 section 10.2.3.
enum RetryAfter {
    /// Whatever asks for more, in however many digits, asks for this much; whoever waits has a bound of its own.
    private static let longest = Duration.seconds(Int32.max)

    /// The wait that `value` asks for: seconds or a date, of which a past one means none. Nil if it is neither.
    ///
    /// - Parameter now: the wall clock since 1970.
    static func parse(_ value: String, now: Duration) -> Duration? {
        let trimmed = trimming(value)
        if !trimmed.isEmpty, trimmed.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) {
            return min(Int64(trimmed).map { .seconds($0) } ?? longest, longest)
        }
        guard let date = HTTPDate.unixSeconds(trimmed) else { return nil }
        return min(max(.zero, .seconds(date) - now), longest)
    }

    private static func trimming(_ text: String) -> Substring {
        var text = text[...]
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text.drop(while: isSpace)
    }

    private static func isSpace(_ character: Character) -> Bool { character == " " || character == "\t" }
}
