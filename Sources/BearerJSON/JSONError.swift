/// Why bytes are not the JSON that RFC 8259 describes, or not what the reader was asked for.
///
/// Never holds a string value: it may be a secret.
package struct JSONError: Error, Equatable, Sendable {
    /// Bytes before the place of the problem.
    package let offset: Int
    /// What was found and what was expected.
    package let problem: String

    package init(offset: Int, problem: String) {
        self.offset = offset
        self.problem = problem
    }
}

extension JSONError: CustomStringConvertible {
    package var description: String { "at byte \(offset): \(problem)" }
}
