import AuthServerSimulator
import NIOCore
import NIOPosix

/// A client that sends bytes as they are, on a connection of its own each time.
enum WireClient {
    /// Sends `request` and reads until the reply is complete or the connection has ended.
    static func exchange(_ request: WireRequest, port: Int, tls: TLSContext? = nil) async throws -> WireReply {
        try await exchange(request.text, port: port, tls: tls)
    }

    /// Sends `text` and reads until the connection has ended.
    static func whole(_ text: String, port: Int) async throws -> String {
        let reply = try await exchange(text, port: port, untilEnd: true)
        return String(decoding: reply.bytes, as: UTF8.self)
    }

    static func exchange(
        _ text: String, port: Int, tls: TLSContext? = nil, untilEnd: Bool = false
    ) async throws -> WireReply {
        let group = MultiThreadedEventLoopGroup.singleton
        let promise = group.next().makePromise(of: WireReply.self)
        let bootstrap = ClientBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(TLSHandler(tls))
                    }
                    try channel.pipeline.syncOperations.addHandler(Collector(promise, untilEnd: untilEnd))
                }
            }
        let connected = bootstrap.connect(host: "127.0.0.1", port: port)
        connected.whenFailure { promise.fail($0) }
        let channel = try await connected.get()
        // A server that resets at once may fail the write; what the connection came to is told by the collector.
        try? await channel.writeAndFlush(channel.allocator.buffer(string: text))
        let reply = try await promise.futureResult.get()
        try? await channel.close()
        return reply
    }
}

private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let promise: EventLoopPromise<WireReply>
    private let untilEnd: Bool
    private var reply = WireReply()

    init(_ promise: EventLoopPromise<WireReply>, untilEnd: Bool) {
        self.promise = promise
        self.untilEnd = untilEnd
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        reply.bytes += unwrapInboundIn(data).readableBytesView
        guard !untilEnd, reply.isComplete else { return }
        reply.end = .complete
        promise.succeed(reply)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if (error as? IOError)?.errnoCode == 104 { reply.end = .reset }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.succeed(reply)
    }
}
