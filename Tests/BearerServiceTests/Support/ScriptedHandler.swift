import BearerConfiguration
import BearerCore
import BearerLoop
import BearerProtocol
import BearerSystemd
import Glibc
import TestSupport

@testable import BearerService

/// Answers requests as a test says, in place of the broker, and keeps the connections that asked. Lives on the loop.
final class ScriptedHandler: RequestHandler, @unchecked Sendable {
    /// For the requests to come, in order; then each is answered with its number.
    var script: [Answer] = []
    private(set) var clients: [ClientConnection] = []
    /// Calls of ``cancel()``.
    private(set) var cancellations = 0

    func cancel() { cancellations += 1 }

    func answer(_ request: Request, from client: ClientConnection) -> Answer {
        clients.append(client)
        return script.isEmpty ? .reply(Array("reply \(clients.count)\n".utf8)) : script.removeFirst()
    }

    func credential(for connection: CredentialConnection) -> CredentialAnswer { .now([]) }
}

/// A registry of connections with a ``ScriptedHandler``, on a loop whose time a test tells.
struct RegistryHost {
    let test: TestLoop
    let handler = ScriptedHandler()
    let registry: Box<ClientRegistry>
    let changes = Box(0)
    let log = JournalCapture()

    init(_ test: TestLoop, limits: LimitsConfiguration = Configuration().limits) {
        self.test = test
        let identity = DaemonIdentity(version: "1", pid: 1, user: 500, isUsersOwn: false, startedAt: SystemClock.now())
        let clientLog = ClientLog(log.journal, PeerUnits(), on: test.loop, now: SystemClock.now)
        registry = Box(
            ClientRegistry(
                on: test.loop, ConnectionLimits(limits), identity, clientLog, now: SystemClock.now
            ) { [changes] in changes.value += 1 })
    }

    /// The client's end of a new connection, which does not block.
    func connect(as peer: Peer = .user(1000)) async throws -> CInt {
        let (ours, theirs) = try socketPair()
        try await test.perform { [registry, handler] loop in
            let stream = SocketStream(ours, on: loop, in: registry.value.streamGroup(ofUser: peer.uid))
            try ClientConnection(stream, peer: peer, groups: PeerGroups { _ in [] }, registry.value, handler).start()
        }
        return theirs
    }

    /// Sends `count` requests; they have been read when this returns.
    func request(_ count: Int = 1, on client: CInt) async throws {
        let line = #"{"op":"ping"}"# + "\n"
        for _ in 0..<count { _ = send(client, line, line.utf8.count, CInt(MSG_NOSIGNAL)) }
        try await test.turns(4)
    }

    /// Changes what the handler answers, or looks at it.
    func handle<Value: Sendable>(_ body: @escaping @Sendable (ScriptedHandler) -> Value) async throws -> Value {
        try await test.perform { [handler] _ in body(handler) }
    }

    var connectionCount: Int {
        get async throws { try await test.perform { [registry] _ in registry.value.count } }
    }
}
