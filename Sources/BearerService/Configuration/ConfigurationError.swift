/// Everything that is wrong with a configuration, in the order of the file.
package struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file, as it was named.
    package let file: String
    /// At least one.
    package let problems: [ConfigurationProblem]

    private static let mostShown = 50

    /// A line a problem, `file:line:column: what was found; what is expected`. After 50 the rest are only counted.
    package var description: String {
        var lines = problems.prefix(Self.mostShown).map { problem in
            let place = problem.position.map { ":\($0.line):\($0.column)" } ?? ""
            return "\(file)\(place): \(problem.message)"
        }
        if problems.count > Self.mostShown {
            lines.append("\(file): \(problems.count - Self.mostShown) more")
        }
        return lines.joined(separator: "\n")
    }
}
