import AuthServerSimulator
import Glibc
import Subprocess
import Synchronization
import TestSupport
import Testing

/// What one test has for itself: an authorization server, a configuration, a state directory, and the daemons it starts.
final class Host: Sendable {
    private let temporary: TemporaryDirectory
    let simulator: AuthServerSimulator
    private let daemons = Mutex<[Daemon]>([])

    var directory: String { temporary.path }
    var socket: String { "\(directory)/bearerd.sock" }
    var configurationFile: String { "\(directory)/bearerd.yaml" }
    var statementFile: String { "\(directory)/statement" }
    /// Client credentials that this host is given.
    var clientFile: String { "\(directory)/client.json" }
    var stateDirectory: String { "\(directory)/state" }

    /// The options that name this host's files.
    var options: [String] {
        ["--config", configurationFile, "--socket", socket, "--state-directory", stateDirectory]
    }

    private init(_ simulator: AuthServerSimulator) {
        temporary = TemporaryDirectory(mode: 0o755)
        self.simulator = simulator
    }

    /// Runs a test; then nothing that it started runs any more, no daemon has shown a secret, state files are private, and
    /// every request upstream was as documented.
    ///
    /// - Parameters:
    ///   - settings: lines of the configuration, at its top level.
    ///   - profile: lines of the configuration, of profile `default`.
    static func run(
        _ configuration: SimulatorConfiguration = .unthrottled, settings: String = "", profile: String = "",
        sourceLocation: SourceLocation = #_sourceLocation, _ test: (Host) async throws -> Void
    ) async throws {
        let simulator = try await AuthServerSimulator.start(configuration)
        let host = Host(simulator)
        try Files.write(Canary.statement + "\n", to: host.statementFile)
        try host.configure(settings: settings, profile: profile)
        let result = await Result { try await host.run(sourceLocation, test) }
        await simulator.shutdown()
        try result.get()
    }

    /// Runs a part of a test with another host, which has the same authorization server and registers nothing: its profile is
    /// given its client credentials, by ``clientFile``.
    func withProvisionedHost(
        sourceLocation: SourceLocation = #_sourceLocation, _ test: (Host) async throws -> Void
    ) async throws {
        let other = Host(simulator)
        try other.configure(isProvisioned: true)
        try await other.run(sourceLocation, test)
    }

    private func run(_ location: SourceLocation, _ test: (Host) async throws -> Void) async throws {
        let result = await Result { try await test(self) }
        // A request that the kill cuts off is no violation.
        #expect(simulator.violations == [], sourceLocation: location)
        await endDaemons()
        checkPromises(location)
        try result.get()
    }

    /// Writes the configuration again.
    ///
    /// - Parameter isProvisioned: the profile is given its client credentials.
    func configure(
        settings: String = "", profile: String = "", budget: String = "{rate: 10, burst: 10}",
        isProvisioned: Bool = false
    ) throws {
        let client = isProvisioned ? "client: {file: \(clientFile)}" : "software_statement: {file: \(statementFile)}"
        let lines = profile.split(separator: "\n").map { "    \($0)\n" }.joined()
        try Files.write(
            """
            server: \(simulator.baseURL)
            budget: \(budget)
            \(settings)
            profiles:
              default:
                \(client)
            \(lines)
            """, to: configurationFile)
    }

    /// Starts a daemon and waits until it serves its socket.
    func start(
        _ additions: [String] = [], environment: [String: String] = [:]
    ) async throws -> Daemon {
        let daemon = try await launch(additions, environment: environment)
        try await daemon.line(containing: "serves")
        Canary.checkProcess(daemon.program.pid)
        return daemon
    }

    /// Starts a daemon that may end at once.
    func launch(_ additions: [String] = [], environment: [String: String] = [:]) async throws -> Daemon {
        let program = try await RunningProgram.start(
            Programs.path("bearerd"), options + additions, environment: environment)
        let daemon = Daemon(program: program, socket: socket)
        daemons.withLock { $0.append(daemon) }
        return daemon
    }

    /// Runs a daemon that is expected to end by itself.
    func runToEnd(
        _ additions: [String] = [], environment: [String: String] = [:]
    ) async throws -> (status: CInt, lines: [String]) {
        let daemon = try await launch(additions, environment: environment)
        let limit = Task {
            try await Task.sleep(for: .seconds(30))
            daemon.program.signal(SIGKILL)
        }
        let ending = try await daemon.program.end()
        limit.cancel()
        let status: CInt =
            switch ending {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return (status, daemon.lines)
    }

    /// Runs bearerctl with this host's socket.
    func control(
        _ arguments: [String], input: String = "", environment: [String: String] = [:], user: UInt32? = nil
    ) async throws -> FinishedProgram {
        let variables = environment.merging(["BEARERD_SOCKET": socket]) { own, _ in own }
        return try await FinishedProgram.run(
            Programs.path("bearerctl"), arguments, input: input, environment: variables, user: user)
    }

    /// Checks what a start with the same options would find.
    func check(
        _ additions: [String] = [], environment: [String: String] = [:], user: UInt32? = nil
    ) async throws -> FinishedProgram {
        try await FinishedProgram.run(
            Programs.path("bearerctl"), ["check", "--"] + options + additions, environment: environment, user: user)
    }

    private func endDaemons() async {
        for daemon in daemons.withLock({ $0 }) {
            daemon.program.signal(SIGKILL)
            _ = try? await daemon.program.end()
        }
    }

    private func checkPromises(_ location: SourceLocation) {
        Canary.checkModes(below: stateDirectory, location)
        let secrets = Canary.words + Canary.clientSecrets(below: stateDirectory) + Canary.clientSecrets(in: clientFile)
        for line in daemons.withLock({ $0 }).flatMap(\.lines) {
            #expect(!secrets.contains { line.contains($0) }, "a secret is shown: \(line)", sourceLocation: location)
        }
    }
}

extension SimulatorConfiguration {
    static let unthrottled = SimulatorConfiguration(throttle: nil)

    static func lifetime(_ seconds: Int) -> SimulatorConfiguration {
        SimulatorConfiguration(throttle: nil, tokenLifetime: seconds)
    }
}
