/// Why the reading of a text ends early.
struct YAMLSyntaxProblem: Error {
    let position: TextPosition?
    let found: String
    let expected: String

    /// libyaml ran out of memory, or does not say what is wrong.
    static let unknown = YAMLSyntaxProblem(
        position: nil, found: "not YAML: it cannot be parsed", expected: "a YAML mapping")

    /// What libyaml says.
    static func syntax(_ problem: String, context: String?, at position: TextPosition) -> YAMLSyntaxProblem {
        YAMLSyntaxProblem(
            position: position, found: "not YAML: \(problem)" + (context.map { " (\($0))" } ?? ""),
            expected: "a YAML mapping")
    }

    static func tab(at position: TextPosition) -> YAMLSyntaxProblem {
        YAMLSyntaxProblem(
            position: position, found: "a tab", expected: "spaces: YAML takes no tabs for indentation")
    }

    static func secondDocument(at position: TextPosition) -> YAMLSyntaxProblem {
        YAMLSyntaxProblem(position: position, found: "a second document", expected: "one document")
    }

    static func tooDeep(at position: TextPosition, limit: Int) -> YAMLSyntaxProblem {
        YAMLSyntaxProblem(
            position: position, found: "more than \(limit) levels of nesting", expected: "at most \(limit)")
    }
}
