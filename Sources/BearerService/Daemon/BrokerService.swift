internal import ServiceLifecycle

/// Runs the broker until a graceful shutdown, and lets a registration in flight come to its end.
struct BrokerService: Service {
    let broker: Broker

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await broker.run()
        } onGracefulShutdown: {
            Task { await broker.stop() }
        }
    }
}
