internal import Glibc

/// How one simulated authorization server behaves. The defaults are Adobe's documented behaviour.
package struct SimulatorConfiguration: Sendable {
    /// The TCP port on 127.0.0.1; 0 lets the kernel choose.
    package var port: Int
    /// Plain HTTP when nil.
    package var tls: TLSFiles?
    /// No throttling when nil.
    package var throttle: Throttle?
    /// `expires_in` of each token, in seconds.
    package var tokenLifetime: Int
    package var statements: StatementPolicy
    /// What a registered application may call.
    package var scopes: [String]
    /// Whether `application/json` will do without `;charset=utf-8`, as it did before August 2025.
    package var allowsOlderMediaType: Bool
    package var clock: SimulatorClock
    /// Called with each call once its answer is decided, in order, under a lock: it must be quick and may not call back
    /// into the simulator.
    package var onCall: (@Sendable (Call) -> Void)?

    package init(
        port: Int = 0,
        tls: TLSFiles? = nil,
        throttle: Throttle? = .adobe,
        tokenLifetime: Int = 21_600,
        statements: StatementPolicy = .anyWellFormed,
        scopes: [String] = ["api:client:v2"],
        allowsOlderMediaType: Bool = false,
        clock: SimulatorClock = .system,
        onCall: (@Sendable (Call) -> Void)? = nil
    ) {
        self.port = port
        self.tls = tls
        self.throttle = throttle
        self.tokenLifetime = tokenLifetime
        self.statements = statements
        self.scopes = scopes
        self.allowsOlderMediaType = allowsOlderMediaType
        self.clock = clock
        self.onCall = onCall
    }
}

/// Where the server's certificate chain and its key lie, both PEM.
package struct TLSFiles: Sendable {
    package var certificateChain: String
    package var privateKey: String

    package init(certificateChain: String, privateKey: String) {
        self.certificateChain = certificateChain
        self.privateKey = privateKey
    }
}

/// Which software statements may register.
package enum StatementPolicy: Sendable {
    /// Every compact JWS; signatures are not checked.
    case anyWellFormed
    /// These only; any other is answered with `unapproved_software_statement`.
    case known(Set<String>)
}

/// The server's idea of the time: seconds since 1970.
package struct SimulatorClock: Sendable {
    package let now: @Sendable () -> Duration

    package init(now: @escaping @Sendable () -> Duration) {
        self.now = now
    }

    /// The host's time when the simulator started, then CLOCK_BOOTTIME: a step of the host's wall clock does not reach
    /// the server, as it would not reach a remote one.
    package static var system: SimulatorClock {
        var wall = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        let start = Duration.seconds(wall.tv_sec) + .nanoseconds(wall.tv_nsec)
        let started = ContinuousClock.now
        return SimulatorClock { start + started.duration(to: .now) }
    }
}

/// Why the simulator does not start or does not take an order. Messages are for people.
package enum SimulatorError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The certificate or the key cannot be used.
    case tls(String)
    /// The port cannot be listened on.
    case listen(String)
    /// A script of faults is not understood.
    case script(String)

    package var description: String {
        switch self {
        case .tls(let problem): "TLS: \(problem)"
        case .listen(let problem): "cannot listen: \(problem)"
        case .script(let problem): "script: \(problem)"
        }
    }
}
