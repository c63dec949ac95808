/// What a scalar written without quotes stands for: the core schema of YAML 1.2, section 10.3, but decimal numbers only.
///
/// `yes`, `no`, `on` and `off` are text, as in YAML 1.2. Numbers with a leading zero are neither numbers nor text,
/// because readers disagree on whether they are octal.
enum YAMLScalar: Equatable {
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    /// Looks like a number, but is not one that can be used: octal, hexadecimal, with underscores, infinite.
    case oddNumber
    case text

    init(plain text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE": self = .boolean(true)
        case "false", "False", "FALSE": self = .boolean(false)
        default: self = Self.number(text)
        }
    }

    private static func number(_ text: String) -> YAMLScalar {
        // Most scalars are words, and expressions are slow.
        guard let first = text.utf8.first, ASCII.isDigit(first) || "+-.".utf8.contains(first) else { return .text }
        if text.wholeMatch(of: /[-+]?(0|[1-9][0-9]*)/) != nil, let integer = Int(text) {
            return .integer(integer)
        }
        let decimal = /[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?/
        if text.wholeMatch(of: decimal) != nil, let number = Double(text), number.isFinite {
            return .number(number)
        }
        let odd = /[-+]?(0[xob][0-9a-f_]+|[0-9][0-9_]*(\.[0-9_]*)?(e[-+]?[0-9]+)?|\.inf|\.nan)/
        return text.wholeMatch(of: odd.ignoresCase()) == nil ? .text : .oddNumber
    }
}
