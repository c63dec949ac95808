/// Reads os-release(5): shell-like assignments, one a line.
enum OSRelease {
    /// The value that the last assignment to `name` gives, unquoted.
    static func value(of name: String, in text: String) -> String? {
        let assignments = text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix(name + "=") }
        return assignments.last.map { unquoted($0.dropFirst(name.count + 1)) }
    }

    /// A backslash takes the character after it literally, except within single quotes.
    private static func unquoted(_ value: Substring) -> String {
        var rest = value
        while rest.last?.isWhitespace == true { rest.removeLast() }
        let quote = rest.first.flatMap { $0 == "\"" || $0 == "'" ? $0 : nil }
        if let quote, rest.count > 1, rest.last == quote { rest = rest.dropFirst().dropLast() }
        if quote == "'" { return String(rest) }
        var result = ""
        var isEscaped = false
        for character in rest {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                result.append(character)
                isEscaped = false
            }
        }
        return result
    }
}
