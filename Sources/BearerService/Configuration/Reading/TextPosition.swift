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

    /// The index of this place in `text`; nil if there is no such place.
    func index(in text: String) -> String.Index? {
        var position = TextPosition(line: 1, column: 1)
        let scalars = text.unicodeScalars
        var current = scalars.startIndex
        while position < self, current < scalars.endIndex {
            let scalar = scalars[current]
            current = scalars.index(after: current)
            position.advance(over: scalar, before: current < scalars.endIndex ? scalars[current] : nil)
        }
        return position == self && current < scalars.endIndex ? current : nil
    }

    private mutating func advance(over scalar: Unicode.Scalar, before next: Unicode.Scalar?) {
        switch scalar {
        case "\r" where next == "\n":
            column += 1
        // The line breaks of YAML 1.1, section 4.2, which the parser counts.
        case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
            line += 1
            column = 1
        default:
            column += 1
        }
    }
}
