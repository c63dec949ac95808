internal import BearerCore

/// A value of the file with its place. Reading it as a type either succeeds or reports what is wrong and yields nil.
struct ConfigurationValue {
    let node: YAMLNode
    /// The keys that lead to it: `profiles.default.allow`. Empty for the whole file.
    let path: String
    let problems: ConfigurationProblems

    /// Whether nothing stands behind the key.
    var isNull: Bool { scalar == .null }

    /// What the value stands for if it is a scalar; quoted, it is text.
    var scalar: YAMLScalar? {
        guard case .scalar(let text, let isPlain) = node.content else { return nil }
        return isPlain ? YAMLScalar(plain: text) : .text
    }

    /// Reports the value; `found` goes after the path and is `is` and the value itself if nil.
    func report(found: String? = nil, expected: String, suggestion: String? = nil) {
        problems.report(
            at: node.position,
            found: (path.isEmpty ? "the file" : path) + " " + (found ?? "is \(summary)"),
            expected: expected,
            suggestion: suggestion)
    }

    /// The value in a few words.
    private var summary: String {
        switch node.content {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar(let text, let isPlain):
            switch (YAMLScalar(plain: text), isPlain) {
            case (.null, true): "empty"
            case (.null, false) where text.isEmpty: "\"\""
            case (.text, _): Quotation.quoted(text)
            case (_, true): Quotation.isShort(text) ? text : "a number of \(text.utf8.count) digits"
            case (_, false): "the text \(Quotation.quoted(text))"
            }
        }
    }

    /// A key of a mapping, where it stands, and its value.
    struct Entry {
        let key: String
        let position: TextPosition
        let value: ConfigurationValue
    }

    /// The entries of a mapping, in the order of the file.
    func entries(expected: String = "a mapping (key: value)") -> [Entry]? {
        guard case .mapping(let entries) = node.content else {
            report(expected: expected)
            return nil
        }
        return entries.map { entry in
            let name = Quotation.isShort(entry.key) ? Quotation.escaped(entry.key) : "…"
            let value = ConfigurationValue(
                node: entry.value, path: path.isEmpty ? name : "\(path).\(name)", problems: problems)
            return Entry(key: entry.key, position: entry.keyPosition, value: value)
        }
    }

    /// The elements of a list that is not empty.
    func elements(of what: String) -> [ConfigurationValue]? {
        let expected = "a list of \(what), at least one"
        guard case .sequence(let nodes) = node.content else {
            report(expected: expected)
            return nil
        }
        guard !nodes.isEmpty else {
            report(found: "is an empty list", expected: expected)
            return nil
        }
        return nodes.enumerated().map { index, node in
            ConfigurationValue(node: node, path: "\(path)[\(index)]", problems: problems)
        }
    }
}

/// A mapping with a closed set of keys. Others are reported when the section is made.
///
/// A section that is absent, or whose keys are all commented out, has no values.
struct ConfigurationSection<Key: RawRepresentable<String> & CaseIterable> {
    private var values: [String: ConfigurationValue] = [:]

    init(_ value: ConfigurationValue?) {
        guard let value, !value.isNull, let entries = value.entries() else { return }
        let keys = Key.allCases.map(\.rawValue)
        let expected = keys.count == 1 ? keys[0] : "one of " + keys.joined(separator: ", ")
        for entry in entries {
            if keys.contains(entry.key) {
                values[entry.key] = entry.value
            } else {
                value.problems.report(
                    at: entry.position,
                    found: "unknown key \(Quotation.quoted(entry.key))"
                        + (value.path.isEmpty ? "" : " in \(value.path)"),
                    expected: expected,
                    suggestion: Spelling.nearest(to: entry.key, among: keys))
            }
        }
    }

    subscript(key: Key) -> ConfigurationValue? { self[key.rawValue] }

    subscript(key: String) -> ConfigurationValue? { values[key] }
}

extension ConfigurationValue {
    /// A whole number, written in decimal and without quotes.
    func integer(in range: ClosedRange<Int>) -> Int? {
        if case .integer(let integer) = scalar, range.contains(integer) { return integer }
        report(expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
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
            report(expected: "a number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
    }

    /// `true` or `false`.
    func boolean() -> Bool? {
        if case .boolean(let boolean) = scalar { return boolean }
        report(expected: "true or false")
        return nil
    }

    /// One word of a closed list.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(_ type: Choice.Type = Choice.self) -> Choice? {
        let words = Choice.allCases.map(\.rawValue)
        guard case .scalar(let word, _) = node.content, scalar == .text, let choice = Choice(rawValue: word) else {
            let near = text.flatMap { Spelling.nearest(to: $0, among: words) }
            let list = words.count > 2 ? "one of " + words.joined(separator: ", ") : words.joined(separator: " or ")
            report(expected: list, suggestion: near)
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
            report(expected: isFitInQuotes ? "\(expected), in quotes" : expected)
            return nil
        }
        do {
            return try parse(text)
        } catch {
            report(found: error.found, expected: error.expected)
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

/// Why a text is not what its key wants.
struct UnfitValue: Error, Equatable {
    /// Goes after the key: `has a query`. Nil: `is` and the value itself.
    var found: String?
    /// Goes after `expected`.
    var expected: String
}

/// The path of a file, as a configuration names it.
enum AbsolutePath {
    static let expectation = "an absolute path of a file"

    /// Absolute, since the daemon's working directory is nothing to rely on; at most PATH_MAX with its end, see
    /// path_resolution(7).
    static func checked(_ text: String) throws(UnfitValue) -> String {
        let hasControl = text.unicodeScalars.contains { $0.properties.generalCategory == .control }
        guard text.hasPrefix("/"), !text.hasSuffix("/"), !hasControl, text.utf8.count < 4096 else {
            throw UnfitValue(expected: expectation)
        }
        return text
    }
}
