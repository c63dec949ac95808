internal import AuthServerSimulator
internal import BearerClient

/// What the demonstration shows. Each line is printed once it is proved.
struct Tour: Sendable {
    let simulator: AuthServerSimulator
    let manager: ServiceManager
    private let bearerd: Bearerd
    private let client: SteadyClient
    private let report = Report()

    /// Failed calls that make an outage; the pauses between them grow.
    private static let outage = 3

    init(socket: String, simulator: AuthServerSimulator, manager: ServiceManager) {
        (self.simulator, self.manager) = (simulator, manager)
        bearerd = Bearerd(socket: socket)
        client = SteadyClient(socket: socket) { simulator.isValid($0) }
    }

    func run() async throws {
        say("A real bearerd, a client that asks all the time, and a simulated authorization server.")
        say("Tokens last \(DemoFiles.tokenLifetime) s here, not hours, and are renewed after 6 s.\n")
        report.heading()
        let first = try await showStart()
        let asking = Task { await client.run() }
        defer { asking.cancel() }
        let second = try await showRenewal(of: first)
        try await showRestart(with: second)
        try await showOutage(with: second)
        try showSum()
    }

    private var calls: Calls { Calls(seenBy: simulator) }

    private func showStart() async throws -> BearerToken {
        try await manager.start()
        try calls.claim(registrations: 1, tokens: 1)
        report.line("bearerd registers this host", "1 registration, and 1 call for a token")
        let token = try await bearerd.token()
        try Claim.equal("tokens that the server takes", simulator.isValid(token.value) ? 1 : 0, 1)
        report.line(
            "a client reads the token", "\(token.value.prefix(8))…, for \(token.seconds) s; the server takes it")
        return token
    }

    private func showRenewal(of first: BearerToken) async throws -> BearerToken {
        let before = calls
        let second = try await token(after: first)
        try calls.claim(tokens: 1, since: before)
        let asked = try await client.tally()
        report.line("bearerd renews it in time", "1 call, with \(asked.seconds) s left; \(asked)")
        return second
    }

    private func showRestart(with token: BearerToken) async throws {
        let (before, first) = (calls, manager.pid)
        try await manager.stop()
        try await manager.start()
        try Claim.equal("processes of bearerd", manager.pid == first ? 1 : 2, 2)
        let kept = try await bearerd.token()
        try Claim.equal("tokens before and after the restart", kept.value == token.value ? 1 : 2, 1)
        try calls.claim(since: before)
        report.line("bearerd is restarted", "0 calls, the same token; \(try await client.tally())")
    }

    private func showOutage(with token: BearerToken) async throws {
        let (before, seen) = (calls, simulator.calls.count)
        simulator.script(.token, [], then: .status(503))
        try await simulator.waitForCalls(seen + 1)
        let begin = ContinuousClock.now
        report.line("the server fails: 503", "1 call was refused")
        try await simulator.waitForCalls(seen + Self.outage)
        try calls.claim(refused: Self.outage, since: before)
        simulator.script(.token, [])
        let seconds = (ContinuousClock.now - begin).components.seconds
        report.line("no client notices", "\(Self.outage) calls refused in \(seconds) s; \(try await client.tally())")
        _ = try await self.token(after: token)
        try calls.claim(tokens: 1, refused: Self.outage, since: before)
        report.line("the server is back", "1 call, another token; \(try await client.tally())")
    }

    private func showSum() throws {
        try calls.claim(registrations: 1, tokens: 3, refused: Self.outage)
        report.line("in all", "1 registration, 3 tokens, \(Self.outage) calls refused; \(client.sum)")
    }

    /// Asks until there is another token than `old`.
    private func token(after old: BearerToken) async throws -> BearerToken {
        while true {
            let token = try await bearerd.token()
            if token.value != old.value { return token }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}

extension BearerToken {
    fileprivate var seconds: Int64 { expiresIn.components.seconds }
}
