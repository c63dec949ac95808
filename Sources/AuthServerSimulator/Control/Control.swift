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

    /// The answer to `GET /simulator/calls`: counts by endpoint, the violations, and the log.
    private func callReport() -> HTTPReply {
        let calls = withState { $0.log.calls }
        return .json(status: 200) { writer in
            writer.member("counts", Self.counts(of: calls))
            writer.member("violations", .array(calls.compactMap(\.violation).map(JSONValue.string)))
            writer.member("calls", .array(calls.map(\.json)))
        }
    }

    private static func counts(of calls: [Call]) -> JSONValue {
        .object(
            JSONObject(
                Endpoint.allCases.map { endpoint in
                    let count = calls.count { $0.endpoint == endpoint }
                    return (endpoint.rawValue, .number(JSONNumber(Int64(count))))
                }))
    }
}

extension Call {
    /// `time` in milliseconds since 1970.
    fileprivate var json: JSONValue {
        var members: [(String, JSONValue)] = [
            ("endpoint", .string(endpoint.rawValue)),
            ("time", .number(JSONNumber(Int64(time / .milliseconds(1))))),
            ("outcome", .string(outcome.description)),
        ]
        if let clientID { members.append(("client_id", .string(clientID))) }
        if let violation { members.append(("violation", .string(violation))) }
        return .object(JSONObject(members))
    }
}
