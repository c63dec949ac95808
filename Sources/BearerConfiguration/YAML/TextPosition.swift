/// A place in a text: line and column, both from 1. Columns count Unicode scalars, as YAML readers do.
struct TextPosition: Sendable, Hashable, Comparable {
    var line: Int
    var column: Int

    static func < (left: TextPosition, right: TextPosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

extension TextPosition {
    /// Where `index` is in `text`.
    init(of index: String.Index, in text: String) {
        self.init(line: 1, column: 1)
        let scalars = text.unicodeScalars
        var current = scalars.startIndex
        while current < index {
            let scalar = scalars[current]
            current = scalars.index(after: current)
            advance(over: scalar, before: current < scalars.endIndex ? scalars[current] : nil)
        }
    }

    private mutating func advance(over scalar: Unicode.Scalar, before next: Unicode.Scalar?) {
        if Self.isLineBreak(scalar), scalar != "\r" || next != "\n" {
            line += 1
            column = 1
        } else {
            column += 1
        }
    }

    /// The line breaks of YAML 1.1, section 4.2, which libyaml counts.
    static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": true
        default: false
        }
    }
}
