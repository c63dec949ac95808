internal import BearerJSON
internal import NIOHTTP1

/// The interface for scripts in other processes, below `/simulator/`. Not part of what is simulated: neither throttled nor
/// logged.
extension SimulatorCore {
    /// Nil when the request is not for this interface.
    func control(_ request: SimulatorRequest) -> HTTPReply? {
        guard request.path.hasPrefix("/simulator/") else { return nil }
        switch (request.head.method, request.path) {
        case (.GET, "/simulator/calls"): return callReport()
        case (.POST, "/simulator/faults"): return take(FaultOrder.self, from: request)
        case (.POST, "/simulator/revoke"): return take(RevokeOrder.self, from: request)
        default: return Self.problem(404, "expected GET /simulator/calls, POST /simulator/faults or /simulator/revoke")
        }
    }

    private func take(_ order: (some ControlOrder).Type, from request: SimulatorRequest) -> HTTPReply {
        do throws(SimulatorError) {
            try order.init(json: request.body).apply(to: self)
            return .json(status: 200) { $0.member("ok", true) }
        } catch {
            return Self.problem(400, error.description)
        }
    }

    private static func problem(_ status: Int, _ text: String) -> HTTPReply {
        .json(status: status) { $0.member("problem", text) }
    }
}
