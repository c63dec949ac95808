/// Collects what is wrong while a configuration is read, so that all of it can be said at once.
final class ConfigurationProblems {
    private var collected: [ConfigurationProblem] = []

    var isEmpty: Bool { collected.isEmpty }

    func report(at position: TextPosition?, found: String, expected: String, suggestion: String? = nil) {
        collected.append(
            ConfigurationProblem(position: position, found: found, expected: expected, suggestion: suggestion))
    }

    /// Throws what was collected, if anything was; in the order of the file, each once.
    func throwIfAny(in file: String) throws(ConfigurationError) {
        guard !collected.isEmpty else { return }
        var seen: Set<ConfigurationProblem> = []
        let start = TextPosition(line: 0, column: 0)
        let problems = collected.filter { seen.insert($0).inserted }
            .sorted { ($0.position ?? start) < ($1.position ?? start) }
        throw ConfigurationError(file: file, problems: problems)
    }
}
