/// Why the demonstration cannot go on. Messages are for people.
enum DemoError: Error, CustomStringConvertible {
    case noDaemon(directory: String)
    case system(String, code: Int32)
    case daemonEnded
    case noAnswer(socket: String)
    case unexpectedReply(String)
    case invalidToken
    case violations(Int)

    var description: String {
        switch self {
        case .noDaemon(let directory):
            "there is no bearerd in \(directory); build it first: swift build --product bearerd"
        case .system(let action, let code): "\(action): \(errorText(code))"
        case .daemonEnded: "bearerd ended early; its lines above say why"
        case .noAnswer(let socket): "bearerd does not answer on \(socket)"
        case .invalidToken: "the simulator does not know the token, or it has expired"
        case .violations(let count): "bearerd sent \(count) requests that are not as documented, see above"
        case .unexpectedReply(let reply): "expected a token, bearerd answered \(reply)"
        }
    }
}
