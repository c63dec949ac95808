/// Why the simulator does not start or does not take an order. Messages are for people.
package enum SimulatorError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The certificate or the key cannot be used.
    case tls(String)
    /// The port cannot be listened on.
    case listen(String)
    /// A script of faults is not understood.
    case script(String)

    package var description: String {
        switch self {
        case .tls(let problem): "TLS: \(problem)"
        case .listen(let problem): "cannot listen: \(problem)"
        case .script(let problem): "script: \(problem)"
        }
    }
}
