/// The sockets that are served, from the first to the last connection.
struct ServedSockets: Sendable {
    /// systemd is promised an end within 5 s.
    private static let drainLimit = Duration.seconds(2)

    private let broker: BrokerHost
    /// Those that we bound ourselves.
    private let own: [BoundSocket]

    /// Starts to accept on all of them.
    ///
    /// - Throws: `LoopError`, when one cannot be served; those that we bound are removed again.
    static func start(_ sockets: ListeningSockets, _ broker: BrokerHost) async throws -> ServedSockets {
        let own = (sockets.clients + sockets.credentials).compactMap(\.own)
        do {
            for socket in sockets.clients { try await broker.serve(socket.descriptor, for: .clients) }
            for socket in sockets.credentials { try await broker.serve(socket.descriptor, for: .credentials) }
            return ServedSockets(broker: broker, own: own)
        } catch {
            for socket in own { socket.remove() }
            throw error
        }
    }

    /// Accepts nothing new, answers what has arrived, and ends the connections; after 2 s, whatever they have to say.
    func end() async {
        await broker.stopAccepting()
        for socket in own { socket.remove() }
        await broker.endConnections(within: Self.drainLimit)
    }
}
