internal import Glibc
internal import NIOCore

/// Carries out the steps of one reply after the other on one connection. Used on the connection's event loop only.
final class ReplyDelivery {
    private let context: ChannelHandlerContext
    private let breaker: ConnectionBreaker
    private var steps: ArraySlice<DeliveryStep> = []
    private var floodLeft = 0
    private var timer: Scheduled<Void>?

    /// Called when all steps are done and the connection goes on.
    private let finished: () -> Void

    init(context: ChannelHandlerContext, breaker: ConnectionBreaker, finished: @escaping () -> Void) {
        self.context = context
        self.breaker = breaker
        self.finished = finished
    }

    func start(_ steps: [DeliveryStep]) {
        self.steps = steps[...]
        next()
    }

    func cancel() {
        timer?.cancel()
        steps = [.hang]
        floodLeft = 0
    }

    private func next() {
        switch steps.popFirst() {
        case .send(let bytes): send(bytes)
        case .pause(let duration): pause(duration)
        case .flood(let bytes):
            floodLeft = bytes
            flood()
        case .hang: break
        case .close: context.close(promise: nil)
        case .reset: breaker.reset()
        case nil: finished()
        }
    }

    private func send(_ bytes: [UInt8]) {
        // A connection that is gone fails the write; its handler then cancels this delivery.
        let buffer = context.channel.allocator.buffer(bytes: bytes)
        context.writeAndFlush(NIOAny(buffer)).assumeIsolated().whenSuccess { self.next() }
    }

    private func pause(_ duration: Duration) {
        let delay = TimeAmount.nanoseconds(Int64(duration / .nanoseconds(1)))
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { self.next() }
    }

    private static let floodPiece = 65_536

    private func flood() {
        guard floodLeft > 0 else { return next() }
        let count = min(floodLeft, Self.floodPiece)
        floodLeft -= count
        let buffer = context.channel.allocator.buffer(repeating: UInt8(ascii: " "), count: count)
        let loop = context.eventLoop.assumeIsolated()
        // A write can succeed at once: going on from the loop keeps the stack flat.
        context.writeAndFlush(NIOAny(buffer)).assumeIsolated().whenSuccess { loop.execute { self.flood() } }
    }
}

/// Sits next to the socket, below TLS: it can end a connection with a TCP reset, without a close_notify.
final class ConnectionBreaker: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    /// SO_LINGER with 0 s, then close(2): what was sent but not acknowledged is lost, see socket(7).
    func reset() {
        guard let context else { return }
        if let provider = context.channel as? any SocketOptionProvider {
            provider.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in }
        }
        context.close(promise: nil)
    }
}
