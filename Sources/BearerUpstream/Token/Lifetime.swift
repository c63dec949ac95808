internal import BearerCore
internal import BearerJSON

/// Reads `expires_in`: a whole number of seconds, or a decimal string of one, of at least 1.
enum Lifetime {
    private static let expected = "expected a whole number of seconds of at least 1"

    /// More than an `Int64` holds is believed like anything over ``TokenGrant/longestLifetime``.
    static func parse(_ member: ReplyObject.Member?) throws(ReplyProblem) -> Duration {
        let seconds: Int64?
        let found: String
        switch member {
        case nil:
            throw ReplyProblem("expires_in is missing, \(expected)")
        case .text(let text):
            let digits = text.withBytes { String(decoding: $0, as: UTF8.self) }
            seconds = decimal(digits)
            found = SafeWord.number(digits) ?? "a string"
        case .other(.number(let number)):
            seconds = number.wholeNumber ?? beyondRange(number)
            found = SafeWord.number(number.text) ?? "a number"
        case .other(let value):
            throw ReplyProblem("expires_in is \(value.kind), \(expected)")
        }
        guard let seconds, seconds >= 1 else { throw ReplyProblem("expires_in is \(found), \(expected)") }
        return min(.seconds(seconds), TokenGrant.longestLifetime)
    }

    private static func decimal(_ text: String) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
        return Int64(text) ?? .max
    }

    /// A number that `Int64` cannot hold is whole if it is this large: a `Double` up there has no fraction.
    private static func beyondRange(_ number: JSONNumber) -> Int64? {
        guard let value = Double(number.text), value >= 0x1p63 else { return nil }
        return .max
    }
}
