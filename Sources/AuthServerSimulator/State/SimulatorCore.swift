internal import Synchronization

/// The one funnel to the server's state: decides under the lock, wakes waiting tasks outside of it.
final class SimulatorCore: Sendable {
    private let state: Mutex<SimulatorState>
    private let clock: SimulatorClock
    private let onCall: (@Sendable (Call) -> Void)?

    init(_ configuration: SimulatorConfiguration) {
        state = Mutex(SimulatorState(configuration))
        clock = configuration.clock
        onCall = configuration.onCall
    }

    /// How `request` is answered. Calls of the control interface are not logged.
    func receive(_ request: SimulatorRequest) -> [DeliveryStep] {
        if let reply = control(request) { return reply.steps(keepAlive: request.keepAlive) }
        let (steps, wakeups) = state.withLock { state in
            let (steps, call) = state.receive(request, at: clock.now())
            return (steps, record(call, in: &state))
        }
        resume(wakeups)
        return steps
    }

    /// How bytes that are not HTTP are answered.
    func receiveGarbage() -> [DeliveryStep] {
        let refusal = Refusal.malformed("what arrived is not HTTP/1.1")
        let wakeups = state.withLock { state in
            let call = Call(
                endpoint: .other, time: clock.now(), clientID: nil, outcome: .refused(error: refusal.error),
                violation: refusal.violation)
            return record(call, in: &state)
        }
        resume(wakeups)
        return HTTPReply.error(refusal.error).steps(keepAlive: false)
    }

    func withState<Value>(_ body: (inout SimulatorState) throws -> sending Value) rethrows -> sending Value {
        try state.withLock(body)
    }

    func isValid(_ token: String) -> Bool {
        state.withLock { state in
            if case .valid = state.registry.standing(of: token, at: clock.now()) { true } else { false }
        }
    }

    /// Returns once so many calls have been logged; throws `CancellationError` when the task is cancelled first.
    func waitForCalls(_ count: Int, to endpoint: Endpoint?) async throws -> [Call] {
        let id = state.withLock { $0.log.makeWaiterID() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let wakeups = state.withLock { $0.log.wait(id, for: count, to: endpoint, continuation) }
                resume(wakeups)
                if Task.isCancelled { cancelWaiter(id) }
            }
        } onCancel: {
            cancelWaiter(id)
        }
    }

    private func cancelWaiter(_ id: UInt64) {
        state.withLock { $0.log.removeWaiter(id) }?.resume(throwing: CancellationError())
    }

    private func record(_ call: Call, in state: inout SimulatorState) -> CallLog.Wakeups {
        onCall?(call)
        return state.log.append(call)
    }

    private func resume(_ wakeups: CallLog.Wakeups) {
        for wakeup in wakeups { wakeup.continuation.resume(returning: wakeup.calls) }
    }
}
