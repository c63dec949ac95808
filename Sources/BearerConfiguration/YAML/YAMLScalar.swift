internal import BearerCore

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
        var rest = Substring(text).utf8
        _ = rest.take("+-")
        if [".inf", ".nan"].contains(Substring(rest).lowercased()) { return .oddNumber }
        var prefixed = rest
        if prefixed.take("0"), prefixed.take("xXoObB") {
            return !prefixed.isEmpty && prefixed.allSatisfy { ASCII.isHexadecimal($0) || $0 == underscore }
                ? .oddNumber : .text
        }
        guard let form = DecimalForm(rest) else { return .text }
        if form.isOdd { return .oddNumber }
        if form.isWhole, let integer = Int(text) { return .integer(integer) }
        if let number = Double(text), number.isFinite { return .number(number) }
        return .oddNumber
    }
}

private let underscore = UInt8(ascii: "_")

/// How a decimal number without a sign is written.
private struct DecimalForm {
    /// Without a decimal point and an exponent.
    let isWhole: Bool
    /// With a leading zero or with underscores.
    let isOdd: Bool

    /// Nil if this is no decimal number.
    init?(_ text: Substring.UTF8View) {
        var rest = text
        let whole = rest.takeDigits()
        let hasPoint = rest.take(".")
        let fraction = hasPoint ? rest.takeDigits() : rest.prefix(0)
        let hasExponent = rest.take("eE")
        if hasExponent {
            _ = rest.take("+-")
            let exponent = rest.takeDigits()
            guard !exponent.isEmpty, exponent.allSatisfy(ASCII.isDigit) else { return nil }
        }
        guard rest.isEmpty else { return nil }
        if let first = whole.first {
            guard ASCII.isDigit(first) else { return nil }
        } else {
            guard !fraction.isEmpty, fraction.allSatisfy(ASCII.isDigit) else { return nil }
        }
        isWhole = !hasPoint && !hasExponent
        isOdd =
            (whole.count > 1 && whole.first == UInt8(ascii: "0")) || whole.contains(underscore)
            || fraction.contains(underscore)
    }
}

extension Substring.UTF8View {
    /// Removes the first byte if it is one of `bytes`.
    fileprivate mutating func take(_ bytes: String) -> Bool {
        guard let first, bytes.utf8.contains(first) else { return false }
        removeFirst()
        return true
    }

    /// Removes the digits and underscores at the beginning and returns them.
    fileprivate mutating func takeDigits() -> Substring.UTF8View {
        let digits = prefix { ASCII.isDigit($0) || $0 == underscore }
        self = self[digits.endIndex...]
        return digits
    }
}
