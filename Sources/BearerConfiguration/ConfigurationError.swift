/// Everything that is wrong with a configuration, in the order of the file.
package struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file, as it was named.
    package let file: String
    /// At least one.
    package let problems: [ConfigurationProblem]

    private static let maximumShown = 50

    /// One line per problem, `file:line:column: what was found; what is expected`. After 50 the rest are only counted.
    package var description: String {
        var lines = problems.prefix(Self.maximumShown).map { problem in
            let place = problem.position.map { ":\($0.line):\($0.column)" } ?? ""
            return "\(file)\(place): \(problem.message)"
        }
        if problems.count > Self.maximumShown {
            lines.append("\(file): \(problems.count - Self.maximumShown) more")
        }
        return lines.joined(separator: "\n")
    }
}

/// One thing that is wrong with a configuration.
package struct ConfigurationProblem: Sendable, Equatable {
    /// Nil if it is about the file as a whole.
    let position: TextPosition?
    let found: String
    let expected: String
    let suggestion: String?

    /// What was found and what is expected. Holds no secret: long values and URLs are not repeated.
    var message: String {
        "\(found); expected \(expected)" + (suggestion.map { "; did you mean \"\($0)\"?" } ?? "")
    }
}

/// Collects what is wrong while a configuration is read, so that all of it can be said at once.
final class ConfigurationProblems {
    private var collected: [ConfigurationProblem] = []

    func report(at position: TextPosition?, found: String, expected: String, suggestion: String? = nil) {
        collected.append(
            ConfigurationProblem(position: position, found: found, expected: expected, suggestion: suggestion))
    }

    /// Throws what was collected, if anything was; in the order of the file, each once.
    func throwIfAny(in file: String) throws(ConfigurationError) {
        guard !collected.isEmpty else { return }
        let start = TextPosition(line: 0, column: 0)
        var problems: [ConfigurationProblem] = []
        for problem in collected.sorted(by: { ($0.position ?? start) < ($1.position ?? start) })
        where problem != problems.last {
            problems.append(problem)
        }
        throw ConfigurationError(file: file, problems: problems)
    }
}
