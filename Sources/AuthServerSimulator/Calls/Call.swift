/// One call as the server saw it. Holds no secret.
package struct Call: Sendable, Equatable {
    package let endpoint: Endpoint
    /// When the request had arrived whole, since 1970.
    package let time: Duration
    /// The client issued, or the one that asked, as far as known.
    package let clientID: String?
    package let outcome: Outcome
    /// What the request did against the documentation; nil when it was as documented.
    package let violation: String?

    package enum Outcome: Sendable, Equatable {
        /// As documented, with this status.
        case answered(status: Int)
        /// 400 with this `error`.
        case refused(error: String)
        /// 429: the throttle.
        case throttled
        /// A scripted fault, by its name.
        case fault(String)
    }
}

extension Call.Outcome: CustomStringConvertible {
    package var description: String {
        switch self {
        case .answered(let status): "answered \(status)"
        case .refused(let error): "refused: \(error)"
        case .throttled: "throttled"
        case .fault(let name): "fault: \(name)"
        }
    }
}

extension Call: CustomStringConvertible {
    /// One line: `token: answered 201 (client 0a1b…)`.
    package var description: String {
        var line = "\(endpoint.rawValue): \(outcome)"
        if let clientID { line += " (client \(clientID))" }
        if let violation { line += "; protocol violation: \(violation)" }
        return line
    }
}
