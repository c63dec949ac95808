internal import BearerCore

/// The `Retry-After` header; RFC 9110 section 10.2.3.
enum RetryAfter {
    /// Whatever asks for more, in however many digits, asks for this much; code that waits has a bound of its own.
    private static let longest = Duration.seconds(Int32.max)

    /// The wait that `value` asks for: seconds or a date, of which a past one means none. Nil if it is neither.
    ///
    /// - Parameter now: the wall clock since 1970.
    static func parse(_ value: String, now: Duration) -> Duration? {
        let trimmed = trimming(value)
        if let seconds = ASCII.number(trimmed) { return min(.seconds(seconds), longest) }
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

/// The three forms of a date in HTTP; RFC 9110 section 5.6.7.
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Seconds since 1970, or nil if `text` has none of the three forms. The name of the day is not checked.
    ///
    /// A year of two digits is one from 1970 to 2069.
    static func unixSeconds(_ text: some StringProtocol) -> Int64? {
        let parts = text.split { " ,-:".contains($0) }
        switch parts.count {
        case 8 where parts[7] == "GMT":
            // Sun, 06 Nov 1994 08:49:37 GMT and Sunday, 06-Nov-94 08:49:37 GMT
            return seconds(day: parts[1], month: parts[2], year: parts[3], time: parts[4...6])
        case 7:
            // Sun Nov  6 08:49:37 1994
            return seconds(day: parts[2], month: parts[1], year: parts[6], time: parts[3...5])
        default:
            return nil
        }
    }

    private static func seconds<Text: StringProtocol>(
        day: Text, month: Text, year: Text, time: ArraySlice<Text>
    ) -> Int64? {
        let clock = time.compactMap { number($0, in: 0...60) }
        guard
            let monthIndex = months.firstIndex(where: { $0 == month }),
            let day = number(day, in: 1...31),
            var year = number(year, in: 0...9999),
            clock.count == 3, clock[0] < 24, clock[1] < 60
        else { return nil }
        if year < 100 { year += year < 70 ? 2000 : 1900 }
        let days = daysSince1970(year: year, month: Int64(monthIndex) + 1, day: day)
        return ((days * 24 + clock[0]) * 60 + clock[1]) * 60 + clock[2]
    }

    private static func number(_ text: some StringProtocol, in range: ClosedRange<Int64>) -> Int64? {
        ASCII.number(text).flatMap { range.contains($0) ? $0 : nil }
    }

    /// Counts in years that begin in March, so that the leap day is the last. Gregorian, years 0 to 9999.
    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let marchYear = month > 2 ? year : year - 1
        let marchMonth = (month + 9) % 12
        let leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400
        return marchYear * 365 + leapDays + (marchMonth * 153 + 2) / 5 + day - 1 - 719_468
    }
}
