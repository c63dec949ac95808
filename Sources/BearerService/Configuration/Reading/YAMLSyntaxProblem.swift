internal import Yams

/// What the YAML parser says about a text that is not YAML.
struct YAMLSyntaxProblem {
    private let position: TextPosition?
    private let problem: String
    private let context: String?

    init(_ error: any Error) {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            self.init(position: TextPosition(mark), problem: problem, context: context?.text)
        case .reader(let problem, _, _, _):
            self.init(position: nil, problem: problem, context: nil)
        default:
            self.init(position: nil, problem: "it cannot be parsed", context: nil)
        }
    }

    private init(position: TextPosition?, problem: String, context: String?) {
        self.position = position
        self.problem = problem
        self.context = context
    }

    func report(to problems: ConfigurationProblems, in text: String) {
        if let position, let index = position.index(in: text), text.unicodeScalars[index] == "\t" {
            problems.report(at: position, found: "a tab", expected: "spaces: YAML takes no tabs for indentation")
        } else if problem == "but found another document" {
            problems.report(at: position, found: "a second document", expected: "one document")
        } else if problem == "found undefined alias" {
            problems.report(
                at: position, found: "an alias (*)",
                expected: "values without aliases, and quotes around a text that begins with *")
        } else {
            let context = context.map { " (\($0))" } ?? ""
            problems.report(at: position, found: "not YAML: \(problem)\(context)", expected: "a YAML mapping")
        }
    }
}

extension TextPosition {
    init(_ mark: Mark) {
        self.init(line: mark.line, column: mark.column)
    }
}
