import AuthServerSimulator
import BearerJSON
import TestSupport

/// Runs `body` with a simulator of its own.
func withSimulator(
    _ configuration: SimulatorConfiguration = SimulatorConfiguration(throttle: nil),
    _ body: (AuthServerSimulator) async throws -> Void
) async throws {
    let simulator = try await AuthServerSimulator.start(configuration)
    let result = await Result { try await body(simulator) }
    await simulator.shutdown()
    try result.get()
}

extension AuthServerSimulator {
    func exchange(_ request: WireRequest) async throws -> WireReply {
        try await WireClient.exchange(request, port: port)
    }

    /// A registered client's credentials.
    func registered() async throws -> (id: String, secret: String) {
        let json = try await exchange(.register()).json
        return (json["client_id"]?.string ?? "", json["client_secret"]?.string ?? "")
    }

    /// A token of a client registered for it.
    func granted() async throws -> String {
        let client = try await registered()
        return try await exchange(.token(client.id, client.secret)).json["access_token"]?.string ?? ""
    }
}

extension WireReply {
    /// The body as JSON, null when it is not.
    var json: JSONValue {
        (try? JSONValue(parsing: body.utf8)) ?? .null
    }
}
