/// One thing that is wrong with a configuration.
package struct ConfigurationProblem: Sendable, Hashable {
    let position: TextPosition?
    let found: String
    let expected: String
    let suggestion: String?

    /// From 1; nil if it is about the file as a whole.
    package var line: Int? { position?.line }

    /// From 1, in Unicode scalars; nil if it is about the file as a whole.
    package var column: Int? { position?.column }

    /// What was found and what is expected. Holds no secret: long values and URLs are not repeated.
    package var message: String {
        "\(found); expected \(expected)" + (suggestion.map { "; did you mean \"\($0)\"?" } ?? "")
    }
}
