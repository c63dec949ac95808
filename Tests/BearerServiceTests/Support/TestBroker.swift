import AuthServerSimulator
import BearerConfiguration
import BearerCore
import BearerLoop
import BearerProtocol
import BearerState
import BearerSystemd
import BearerUpstream
import Glibc
import Synchronization
import TestSupport

@testable import BearerService

/// What a test's broker is made of.
struct BrokerSetup {
    var configuration = Configuration()
    /// The user that the daemon runs as.
    var user: UInt32 = 500
    var isUsersOwn = false
    var simulator = SimulatorConfiguration(throttle: nil)
    /// Tokens that an earlier process left.
    var tokens: [String: AccessToken] = [:]
    /// What an earlier broker left, where there was one.
    var state = TemporaryDirectory()
    var clock = TestClock()
    var bootID = "boot-1"
    /// What systemd kept of an earlier broker, where there was one.
    var kept: TestStore?
    /// Where systemd would find credentials.
    var credentials = CredentialStores(directories: [])
    /// A server that is there already; else one is started.
    var server: AuthServerSimulator?
    var profiles: (_ server: String) throws -> [ResolvedProfile] = { [try .sample(server: $0)] }

    init() {
        // More than any test needs, so that none waits for it.
        configuration.budget.rate = 100
        configuration.budget.burst = 1000
    }

    /// A token is in memory, and nothing is asked upstream.
    static func withToken(
        lasting lifetime: Duration = .seconds(3600), access: AccessPolicy? = nil
    ) -> BrokerSetup {
        var setup = BrokerSetup()
        setup.tokens = ["default": .sample(lasting: lifetime)]
        setup.profiles = { [try .sample(server: $0, access: access)] }
        return setup
    }
}

/// A broker on a serving loop of its own, with a state directory, a simulated authorization server and clients.
final class TestBroker: Sendable {
    let broker: BrokerHost
    let server: AuthServerSimulator
    let clock: TestClock
    let log = JournalCapture()
    let state: TemporaryDirectory
    let kept: TestStore
    let reloads = TestReloads()
    private let isServerOwn: Bool
    private let loop: TestLoop
    let disk: Disk
    let directory: StateDirectory
    private let running = Mutex<Task<Void, Never>?>(nil)
    private let clients = Mutex<[TestClient]>([])

    /// The thread of an earlier broker's disk may be about to let go of the directory.
    private static func open(_ path: String) async throws -> StateDirectory {
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            do throws(StateError) {
                return try StateDirectory.open(path: path, machineIDPath: "/nonexistent")
            } catch {
                guard case .locked = error, ContinuousClock.now < deadline else { throw error }
            }
            await Task.yield()
        }
    }

    fileprivate init(_ setup: BrokerSetup, isTimeTold: Bool = false) async throws {
        (clock, state, kept) = (setup.clock, setup.state, setup.kept ?? TestStore())
        isServerOwn = setup.server == nil
        server = if let server = setup.server { server } else { try await AuthServerSimulator.start(setup.simulator) }
        disk = Disk(path: state.path)
        loop = try TestLoop(isTimeTold: isTimeTold)
        directory = try await Self.open(state.path)
        let loader = ProfileLoader(directory: directory, bootID: setup.bootID)
        let identity = DaemonIdentity(
            version: "1.2.3", pid: 77, user: setup.user, isUsersOwn: setup.isUsersOwn, startedAt: clock.now())
        let services = BrokerServices(
            disk: disk, loader: loader, store: kept.store, unsaved: kept.unsaved, journal: log.journal,
            identity: identity, reloader: reloads.reloader, credentials: setup.credentials, units: PeerUnits(),
            loop: loop.loop, now: clock.now)
        let start = clock.now()
        let stored = StoredState(
            loader: loader, tokens: services.store, unsaved: services.unsaved, journal: log.journal)
        let settings = try setup.profiles(server.baseURL)
        let profiles = stored.load(settings, from: kept.handOver(), at: start).map { loaded in
            var profile = loaded
            if let token = setup.tokens[loaded.settings.name] { profile.token = token }
            return profile
        }
        broker = BrokerHost(
            services, profiles: profiles, configuration: setup.configuration,
            upstream: try reloads.makeUpstream())
    }

    /// A client on a socket pair that is served as `peer`, in `groups` besides.
    func connect(as peer: Peer = .user(1000), groups: [UInt32] = []) async throws -> TestClient {
        try await connect(as: peer, PeerGroups { $0 >= groups.count ? groups : nil })
    }

    func connect(as peer: Peer = .user(1000), _ groups: PeerGroups) async throws -> TestClient {
        try await connect { try await $0.serve($1, as: peer, groups) }
    }

    /// A connection to the credential socket.
    func load(_ address: [UInt8], as peer: Peer = .root) async throws -> TestClient {
        try await connect { try await $0.serveCredential($1, address, as: peer) }
    }

    private func connect(_ serve: (BrokerHost, CInt) async throws -> Void) async throws -> TestClient {
        let (ours, theirs) = try socketPair(isTheirsBlocking: true)
        try await serve(broker, ours)
        let client = TestClient(theirs)
        clients.withLock { $0.append(client) }
        return client
    }

    /// Puts the loop's timers forward, where their time is told.
    func advanceTimers(by duration: Duration) async throws {
        try await loop.advance(by: duration)
    }

    /// Lets turns of the loop pass.
    func turns(_ count: Int) async throws {
        try await loop.turns(count)
    }

    /// Puts both clocks forward, and does what is then due.
    func advance(by duration: Duration) async {
        clock.advance(by: duration)
        await broker.doWhatIsDue()
    }

    /// Has the disk do nothing until the pipe is signalled.
    func holdDisk() async -> Pipe {
        let gate = Pipe()
        await withCheckedContinuation { entered in
            Task {
                try await disk.run { () throws(StateError) in
                    entered.resume()
                    gate.wait()
                }
            }
        }
        return gate
    }

    /// A client that sends requests and reads no reply, until the daemon reads no more of them.
    func deafClient() async throws -> TestClient {
        let client = try await connect()
        let batch = Array(String(repeating: "{\"op\":\"ping\"}\n", count: 20_000).utf8)
        var idle = 0
        while idle < 20 {
            idle = client.sendWhatFits(batch) == 0 ? idle + 1 : 0
            _ = await broker.connectionCount
        }
        return client
    }

    fileprivate func begin() async throws {
        try await broker.begin()
        running.withLock { $0 = Task { await broker.run() } }
    }

    /// Waits until the broker, which was stopped, has ended.
    func ended() async {
        await running.withLock { $0 }?.value
    }

    fileprivate func end() async {
        for client in clients.withLock({ $0 }) { await client.close() }
        if isServerOwn { await server.shutdown() }
        await loop.loop.stop()
    }
}

extension BrokerHost {
    fileprivate func serve(_ socket: CInt, as peer: Peer, _ groups: PeerGroups) throws {
        let stream = SocketStream(socket, on: loop, in: broker.clients.streamGroup(ofUser: peer.uid))
        try ClientConnection(stream, peer: peer, groups: groups, broker.clients, broker).start()
    }

    fileprivate func serveCredential(_ socket: CInt, _ address: [UInt8], as peer: Peer) throws {
        let stream = SocketStream(socket, on: loop, in: broker.clients.streamGroup(ofUser: peer.uid))
        try CredentialConnection(stream, peer: peer, address: address, broker.clients, broker).start()
    }
}

/// Runs `body` with a broker that runs; `prepare` comes before it does. With `isTimeTold` the loop's timers are put forward
/// by the test.
func withBroker(
    _ setup: BrokerSetup = BrokerSetup(), isTimeTold: Bool = false, prepare: (TestBroker) async -> Void = { _ in },
    _ body: (TestBroker) async throws -> Void
) async throws {
    let test = try await TestBroker(setup, isTimeTold: isTimeTold)
    await prepare(test)
    try await test.begin()
    let result = await Result { try await body(test) }
    await test.broker.stop()
    await test.reloads.shutdown()
    await test.ended()
    await test.end()
    try result.get()
}

/// Runs `body` with a broker that does nothing by itself, on a loop whose timers are put forward by the test.
func withIdleBroker(
    _ setup: BrokerSetup = BrokerSetup(), _ body: (TestBroker) async throws -> Void
) async throws {
    let test = try await TestBroker(setup, isTimeTold: true)
    let result = await Result { try await body(test) }
    await test.reloads.shutdown()
    await test.end()
    try result.get()
}
