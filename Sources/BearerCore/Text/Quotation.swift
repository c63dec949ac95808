/// A text that others wrote, made fit for a message of one line.
package enum Quotation {
    /// Longer texts are not repeated: what is that long may be a secret in the wrong place.
    private static let longest = 64

    /// `"text"` with control characters escaped, or its length if it is long.
    package static func quoted(_ text: String) -> String {
        isShort(text) ? "\"\(escaped(text))\"" : "a text of \(text.unicodeScalars.count) characters"
    }

    /// Whether a text is short enough to be repeated.
    package static func isShort(_ text: String) -> Bool {
        text.unicodeScalars.count <= longest
    }

    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "\n": "\\n"
            case "\t": "\\t"
            case "\"", "\\": "\\\(scalar)"
            default: isPrintable(scalar) ? "\(scalar)" : "\\u{\(String(scalar.value, radix: 16))}"
            }
        }.joined()
    }

    /// Whether a terminal and a YAML reader take the scalar as it is.
    package static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }
}
