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
