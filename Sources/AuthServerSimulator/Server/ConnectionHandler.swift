internal import NIOCore
internal import NIOHTTP1

/// One connection: collects requests, has each decided by the core, delivers the replies in order.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let core: SimulatorCore
    private let breaker: ConnectionBreaker
    private var delivery: ReplyDelivery?
    private var isDelivering = false
    private var waiting: CircularBuffer<SimulatorRequest> = []
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(core: SimulatorCore, breaker: ConnectionBreaker) {
        self.core = core
        self.breaker = breaker
    }

    func handlerAdded(context: ChannelHandlerContext) {
        delivery = ReplyDelivery(context: context, breaker: breaker) { [weak self] in self?.replyDelivered() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        delivery?.cancel()
        delivery = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let piece):
            // One byte more than allowed is enough to see that it is too long.
            let room = SimulatorRequest.maximumBody + 1 - body.count
            body += piece.readableBytesView.prefix(room)
        case .end:
            guard let head else { return }
            let address = context.remoteAddress?.ipAddress ?? ""
            waiting.append(SimulatorRequest(head: head, body: body, address: address))
            answerNext()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError, !isDelivering else { return context.close(promise: nil) }
        isDelivering = true
        delivery?.start(core.receiveGarbage())
    }

    private func replyDelivered() {
        isDelivering = false
        answerNext()
    }

    private func answerNext() {
        guard !isDelivering, let request = waiting.popFirst() else { return }
        isDelivering = true
        delivery?.start(core.receive(request))
    }
}

/// A request that has arrived whole.
struct SimulatorRequest {
    let head: HTTPRequestHead
    let body: [UInt8]
    /// The client's IP address, by which the throttle counts.
    let address: String
    /// See ``SimulatorConfiguration/allowsOlderMediaType``.
    var allowsOlderMediaType = false

    /// What the simulator reads of a body, in bytes; a longer one is a violation.
    static let maximumBody = 65_536

    var path: String {
        String(head.uri.prefix { $0 != "?" })
    }

    /// Whether the client wants the connection kept open, RFC 9112 section 9.3.
    var keepAlive: Bool { head.isKeepAlive }

    /// What follows the first `?`; nil without one.
    var query: Substring? {
        guard let mark = head.uri.firstIndex(of: "?") else { return nil }
        return head.uri[mark...].dropFirst()
    }
}
