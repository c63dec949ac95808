internal import BearerCore

extension ConfigurationValue {
    /// A whole number, written in decimal and without quotes.
    func integer(in range: ClosedRange<Int>) -> Int? {
        if case .integer(let integer) = scalar, range.contains(integer) { return integer }
        refuse(expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    /// Whole seconds.
    func seconds(in range: ClosedRange<Int>) -> Duration? {
        integer(in: range).map { .seconds($0) }
    }

    /// A number, whole or with decimals, written without quotes.
    func number(in range: ClosedRange<Double>) -> Double? {
        switch scalar {
        case .number(let number) where range.contains(number): return number
        case .integer(let integer) where range.contains(Double(integer)): return Double(integer)
        default:
            refuse(expected: "a number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
    }

    /// `true` or `false`.
    func boolean() -> Bool? {
        if case .boolean(let boolean) = scalar { return boolean }
        refuse(expected: "true or false")
        return nil
    }

    /// One word of a closed list.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(_ type: Choice.Type = Choice.self) -> Choice? {
        let words = Choice.allCases.map(\.rawValue)
        guard case .scalar(let word, _) = node.content, scalar == .text, let choice = Choice(rawValue: word) else {
            let near = text.flatMap { Spelling.nearest(to: $0, among: words) }
            let list = words.count > 2 ? "one of " + words.joined(separator: ", ") : words.joined(separator: " or ")
            refuse(expected: list, suggestion: near)
            return nil
        }
        return choice
    }

    /// Text that `parse` accepts. Numbers, booleans and nothing are not text unless they are quoted.
    func text<Result>(
        expected: String, _ parse: (String) throws(UnfitValue) -> Result
    ) -> Result? {
        guard let text else {
            let isFitInQuotes = verbatim.flatMap { try? parse($0) } != nil
            refuse(expected: isFitInQuotes ? "\(expected), in quotes" : expected)
            return nil
        }
        do {
            return try parse(text)
        } catch {
            refuse(found: error.found, expected: error.expected)
            return nil
        }
    }

    /// The scalar as it was written, whether or not it looks like a number or a boolean; nil if there is none.
    var verbatim: String? {
        guard case .scalar(let text, _) = node.content, !isNull else { return nil }
        return text
    }

    private var text: String? {
        scalar == .text ? verbatim : nil
    }
}
