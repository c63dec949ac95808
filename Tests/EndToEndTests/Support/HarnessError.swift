/// Why a test could not do what it had to do. Messages are for people.
enum HarnessError: Error, CustomStringConvertible {
    case missingProgram(String)
    case ended(program: String, lines: [String])
    case waitedInVain(String, lines: [String])
    case noLine(String)
    case notAnObject(String)

    var description: String {
        switch self {
        case .missingProgram(let path): "there is no program \(path): swift build makes it"
        case .ended(let program, let lines): "\(program) ended early:\n\(lines.joined(separator: "\n"))"
        case .waitedInVain(let text, let lines): "“\(text)” was not said:\n\(lines.joined(separator: "\n"))"
        case .noLine(let socket): "\(socket): no line came"
        case .notAnObject(let text): "expected a JSON object, found \(text)"
        }
    }
}
