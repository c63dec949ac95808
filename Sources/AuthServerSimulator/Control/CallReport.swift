internal import BearerJSON

extension SimulatorCore {
    /// The answer to `GET /simulator/calls`: counts by endpoint, the violations, and the log.
    func callReport() -> HTTPReply {
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
