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
    func refuse(found: String? = nil, expected: String, suggestion: String? = nil) {
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
}

extension ConfigurationValue {
    /// A key of a mapping, where it stands, and its value.
    struct Entry {
        let key: String
        let position: TextPosition
        let value: ConfigurationValue
    }

    /// The entries of a mapping, in the order of the file.
    func entries(expected: String = "a mapping (key: value)") -> [Entry]? {
        guard case .mapping(let entries) = node.content else {
            refuse(expected: expected)
            return nil
        }
        return entries.map { entry in
            let name = Quotation.isShort(entry.key) ? entry.key : "…"
            let value = ConfigurationValue(
                node: entry.value, path: path.isEmpty ? name : "\(path).\(name)", problems: problems)
            return Entry(key: entry.key, position: entry.keyPosition, value: value)
        }
    }

    /// The elements of a list that is not empty.
    func elements(of what: String) -> [ConfigurationValue]? {
        let expected = "a list of \(what), at least one"
        guard case .sequence(let nodes) = node.content else {
            refuse(expected: expected)
            return nil
        }
        guard !nodes.isEmpty else {
            refuse(found: "is an empty list", expected: expected)
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

    subscript(key: Key) -> ConfigurationValue? {
        values[key.rawValue]
    }
}
