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

/// What a call was addressed to.
package enum Endpoint: String, Sendable, CaseIterable {
    /// `POST /o/client/register`
    case register
    /// `POST /o/client/token`
    case token
    /// `GET /api/v2/example`, an API that a token protects.
    case example
    /// Any other path, and what is not HTTP.
    case other

    /// Adobe's path; nil for ``other``.
    package var path: String? {
        switch self {
        case .register: "/o/client/register"
        case .token: "/o/client/token"
        case .example: "/api/v2/example"
        case .other: nil
        }
    }

    init(path: String) {
        self = Self.allCases.first { $0.path == path } ?? .other
    }
}

/// A call whose outcome is still being decided.
struct CallDraft {
    private let endpoint: Endpoint
    private let time: Duration
    private let violation: String?
    private var clientID: String?
    var outcome: Call.Outcome = .answered(status: 0)

    init(endpoint: Endpoint, time: Duration, order: Result<Order, Refusal>) {
        self.endpoint = endpoint
        self.time = time
        switch order {
        case .success(let order):
            violation = nil
            clientID = order.clientID
        case .failure(let refusal):
            violation = refusal.violation
        }
    }

    mutating func take(_ answer: Answer) {
        outcome = answer.outcome
        clientID = answer.clientID ?? clientID
    }

    var finished: Call {
        Call(endpoint: endpoint, time: time, clientID: clientID, outcome: outcome, violation: violation)
    }
}
