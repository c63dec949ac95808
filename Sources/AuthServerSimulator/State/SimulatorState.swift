/// Everything the server knows. A value: one call of ``receive(_:at:)`` is one decision.
struct SimulatorState {
    private let tokenLifetime: Int
    private let statements: StatementPolicy
    private let scopes: [String]
    private let allowsOlderMediaType: Bool
    private var buckets: TokenBuckets?
    var script = FaultScript()
    var registry = ClientRegistry()
    var log = CallLog()

    init(_ configuration: SimulatorConfiguration) {
        tokenLifetime = configuration.tokenLifetime
        statements = configuration.statements
        scopes = configuration.scopes
        allowsOlderMediaType = configuration.allowsOlderMediaType
        buckets = configuration.throttle.map(TokenBuckets.init)
    }

    mutating func setThrottle(_ throttle: Throttle?) {
        buckets = throttle.map(TokenBuckets.init)
    }

    /// What goes back for `request`, and what is to be logged of it.
    mutating func receive(_ request: SimulatorRequest, at now: Duration) -> (steps: [DeliveryStep], call: Call) {
        var request = request
        request.allowsOlderMediaType = allowsOlderMediaType
        let endpoint = Endpoint(path: request.path)
        let order = Result { [request] () throws(Refusal) in try Order(request, to: endpoint) }
        var call = CallDraft(endpoint: endpoint, time: now, order: order)
        let keepAlive = request.keepAlive
        if buckets?.take(from: request.address, at: now) == false {
            call.outcome = .throttled
            return (HTTPReply.throttled.steps(keepAlive: keepAlive), call.finished)
        }
        let fault = script.next(for: endpoint) ?? .answer
        let success = endpoint == .example ? 200 : 201
        let steps = fault.steps(keepAlive: keepAlive, success: success) {
            let answer = answer(order, fault: fault, at: now)
            call.take(answer)
            return answer.reply
        }
        if fault != .answer { call.outcome = .fault(fault.name) }
        return (steps, call.finished)
    }

    private mutating func answer(_ order: Result<Order, Refusal>, fault: Fault, at now: Duration) -> Answer {
        do throws(Refusal) {
            switch try order.get() {
            case .register(let order): return try registry.answer(order, policy: statements, scopes: scopes, at: now)
            case .token(let order): return try registry.answer(order, lifetime: lifetime(under: fault), at: now)
            case .example(let bearer): return registry.answer(bearer: bearer, at: now)
            }
        } catch {
            return Answer(error, clientID: nil)
        }
    }

    private func lifetime(under fault: Fault) -> TokenLifetime {
        if case .lifetime(let json) = fault { return TokenLifetime(json: json, usual: tokenLifetime) }
        return TokenLifetime(seconds: tokenLifetime)
    }
}
