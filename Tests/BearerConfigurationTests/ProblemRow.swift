import BearerConfiguration
import Testing

/// A text and all that is to be said about it, a line a problem, without the name of the file.
struct ProblemRow: Sendable, CustomTestStringConvertible {
    let yaml: String
    let problems: [String]

    init(_ yaml: String, _ problems: String...) {
        self.yaml = yaml
        self.problems = problems
    }

    var testDescription: String { yaml.debugDescription }

    func check(sourceLocation: SourceLocation = #_sourceLocation) {
        let description: String
        do {
            _ = try Configuration(yaml: yaml, file: "f")
            description = ""
        } catch {
            description = error.description
        }
        let expected = problems.map { "f:\($0)" }.joined(separator: "\n")
        #expect(description == expected, sourceLocation: sourceLocation)
    }
}
