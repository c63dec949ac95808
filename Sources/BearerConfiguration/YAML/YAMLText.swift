/// What a text must not hold before libyaml sees it.
enum YAMLText {
    /// Far more than a configuration needs. libyaml compares each `%TAG` with all those before it.
    private static let mostDirectives = 32

    static func check(_ text: String) throws(YAMLSyntaxProblem) {
        let scalars = text.unicodeScalars
        if let index = scalars.firstIndex(where: isForbidden) {
            // libyaml gives no place for it.
            throw YAMLSyntaxProblem(
                position: TextPosition(of: index, in: text),
                found: "the character U+\(String(scalars[index].value, radix: 16, uppercase: true))",
                expected: "text without control characters")
        }
        let directives = scalars.split(whereSeparator: TextPosition.isLineBreak).filter { $0.first == "%" }
        if let excess = directives.dropFirst(mostDirectives).first {
            throw YAMLSyntaxProblem(
                position: TextPosition(of: excess.startIndex, in: text),
                found: "more than \(mostDirectives) directives (%)", expected: "at most \(mostDirectives)")
        }
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x85: false
        case ..<0x20, 0x7F..<0xA0, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
        }
    }
}
