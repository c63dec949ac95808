import BearerConfiguration
import BearerCore
import BearerUpstream
import Synchronization

@testable import BearerService

/// What the configuration says at the next reload, and the HTTP clients that were made.
final class TestReloads: Sendable {
    private let next = Mutex<Result<(Configuration, [ResolvedProfile]), ReloadFailure>>(
        .failure(ReloadFailure(message: "nothing was prepared")))
    private let upstreams = Mutex<[UpstreamClient]>([])
    /// What a reload waits for, in the middle of it.
    private let gate = Mutex<AsyncStream<Void>?>(nil)

    func prepare(_ profiles: [ResolvedProfile], _ configuration: Configuration = BrokerSetup().configuration) {
        next.withLock { $0 = .success((configuration, profiles)) }
    }

    func prepareFailure(_ message: String) {
        next.withLock { $0 = .failure(ReloadFailure(message: message)) }
    }

    /// Holds reloads until the continuation is finished.
    func hold() -> AsyncStream<Void>.Continuation {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        gate.withLock { $0 = stream }
        return continuation
    }

    var reloader: Reloader {
        Reloader(
            load: { [self] () async throws(ReloadFailure) in
                if let gate = gate.withLock({ $0 }) { for await _ in gate {} }
                let (configuration, profiles) = try next.withLock({ $0 }).get()
                guard let upstream = try? makeUpstream() else { throw ReloadFailure(message: "no client") }
                let loaded = LoadedConfiguration(configuration: configuration, profiles: profiles, logLevel: .info)
                return (loaded, upstream)
            }, setLogLevel: { _ in })
    }

    func makeUpstream() throws -> UpstreamClient {
        let client = try UpstreamClient(
            configuration: UpstreamConfiguration(version: "1.2.3"))
        upstreams.withLock { $0.append(client) }
        return client
    }

    func shutdown() async {
        for client in upstreams.withLock({ $0 }) { client.shutdown() }
    }
}
