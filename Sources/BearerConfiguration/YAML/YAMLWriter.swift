internal import BearerCore

/// Writes a configuration as YAML in block style.
struct YAMLWriter {
    private(set) var text = ""
    private var depth = 0

    mutating func entry(_ key: String, _ value: String) {
        line("\(Self.scalar(key)): \(Self.scalar(value))")
    }

    mutating func entry(_ key: String, _ value: Int) {
        line("\(Self.scalar(key)): \(value)")
    }

    mutating func entry(_ key: String, _ value: Double) {
        line("\(Self.scalar(key)): \(value)")
    }

    mutating func entry(_ key: String, _ value: Bool) {
        line("\(Self.scalar(key)): \(value)")
    }

    /// Whole seconds.
    mutating func entry(_ key: String, _ value: Duration) {
        entry(key, Int(value.components.seconds))
    }

    /// - Parameter elements: scalars as they are to stand in the text.
    mutating func list(_ key: String, _ elements: [String]) {
        line("\(Self.scalar(key)): [\(elements.joined(separator: ", "))]")
    }

    mutating func section(_ key: String, _ body: (inout YAMLWriter) -> Void) {
        line("\(Self.scalar(key)):")
        depth += 1
        body(&self)
        depth -= 1
    }

    mutating func comment(_ comment: String) {
        line("# \(comment)")
    }

    private mutating func line(_ line: String) {
        text += String(repeating: "  ", count: depth) + line + "\n"
    }

    private static let words: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]

    /// `text` as a scalar that every YAML reader takes for text; quoted only where it has to be.
    static func scalar(_ text: String) -> String {
        let isPlain =
            text.utf8.first.map { ASCII.isLetter($0) || $0 == UInt8(ascii: "/") } == true
            && text.utf8.allSatisfy { ASCII.isLetter($0) || "0123456789./@_-".utf8.contains($0) }
        return isPlain && !words.contains(text.lowercased()) ? text : quoted(text)
    }

    /// YAML 1.2 section 5.7.
    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case _ where Quotation.isPrintable(scalar): "\(scalar)"
            default: "\\U" + hexadecimal(scalar.value)
            }
        }
        return "\"\(escaped.joined())\""
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
