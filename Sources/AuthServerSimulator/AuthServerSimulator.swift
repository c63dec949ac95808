/// Adobe Pass Authentication's Dynamic Client Registration on 127.0.0.1: registration, tokens, throttling, and faults on
/// order.
///
/// It is as strict as the documentation: whatever a request does otherwise is answered with 400 and counted among
/// ``violations``.
package final class AuthServerSimulator: Sendable {
    private let core: SimulatorCore
    private let listener: Listener
    private let scheme: String

    private init(core: SimulatorCore, listener: Listener, scheme: String) {
        self.core = core
        self.listener = listener
        self.scheme = scheme
    }

    /// Listens; requests are answered from when this returns until ``shutdown()``.
    package static func start(
        _ configuration: SimulatorConfiguration = SimulatorConfiguration()
    ) async throws(SimulatorError) -> AuthServerSimulator {
        let core = SimulatorCore(configuration)
        let listener = try await Listener.start(port: configuration.port, tls: configuration.tls, core: core)
        let scheme = configuration.tls == nil ? "http" : "https"
        return AuthServerSimulator(core: core, listener: listener, scheme: scheme)
    }

    /// Stops listening and closes every connection, hanging ones too. May be called again.
    package func shutdown() async {
        await listener.stop()
    }

    package var port: Int { listener.port }

    /// What the endpoints' paths are appended to: no slash at the end.
    package var baseURL: String { "\(scheme)://127.0.0.1:\(port)" }
}

/// What was seen.
extension AuthServerSimulator {
    /// All calls in the order in which they were decided.
    package var calls: [Call] { core.withState { $0.log.calls } }

    package func calls(to endpoint: Endpoint) -> [Call] {
        core.withState { $0.log.calls(to: endpoint) }
    }

    /// What clients did against the documentation, in order.
    package var violations: [String] { calls.compactMap(\.violation) }

    /// Returns the calls to `endpoint` (nil: to all) once there are `count` or more since the start; those that are there
    /// already count.
    ///
    /// A call is logged before its reply is sent. Throws `CancellationError` when the task is cancelled first.
    @discardableResult
    package func waitForCalls(_ count: Int, to endpoint: Endpoint? = nil) async throws -> [Call] {
        try await core.waitForCalls(count, to: endpoint)
    }

    /// Runs `action`, then returns the first call to `endpoint` since before it.
    package func nextCall(to endpoint: Endpoint, after action: () async throws -> Void) async throws -> Call {
        let seen = calls(to: endpoint).count
        try await action()
        return try await waitForCalls(seen + 1, to: endpoint)[seen]
    }

    /// Whether a protected API would take `token` now: issued here, not expired, neither it nor its client revoked.
    package func isValid(_ token: String) -> Bool {
        core.isValid(token)
    }
}

/// What can be ordered.
extension AuthServerSimulator {
    /// Replaces the faults ordered for `endpoint`: `faults` for the next calls, then `standing` until further notice (nil:
    /// answers as documented). `script(.token, [])` heals the endpoint.
    package func script(_ endpoint: Endpoint, _ faults: [Fault], then standing: Fault? = nil) {
        core.withState { $0.script.set(faults, then: standing, for: endpoint) }
    }

    /// The same, from the JSON that `POST /simulator/faults` takes.
    package func script(_ order: FaultOrder) {
        order.apply(to: core)
    }

    /// Full buckets with these limits; nil switches the throttle off.
    package func setThrottle(_ throttle: Throttle?) {
        core.withState { $0.setThrottle(throttle) }
    }

    /// Every token issued so far is no longer valid.
    package func revokeTokens() {
        core.withState { $0.registry.revokeTokens() }
    }

    package func revokeToken(_ token: String) {
        core.withState { $0.registry.revokeToken(token) }
    }

    /// Every client registered so far is unknown from now on (`invalid_client`), and its tokens are not valid.
    package func revokeClients() {
        core.withState { $0.registry.revokeClients() }
    }

    package func revokeClient(_ id: String) {
        core.withState { $0.registry.revokeClient(id) }
    }
}
