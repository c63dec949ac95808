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
