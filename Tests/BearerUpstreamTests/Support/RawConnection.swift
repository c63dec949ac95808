import AuthServerSimulator
import Glibc
import NIOCore

/// One connection of a ``RawServer``.
final class RawConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let behaviour: RawServer.Behaviour
    private let tls: TLSContext?
    private let log: RequestLog
    private var received = ""
    private var dripping: RepeatedTask?

    init(behaviour: RawServer.Behaviour, tls: TLSContext?, log: RequestLog) {
        self.behaviour = behaviour
        self.tls = tls
        self.log = log
    }

    func channelActive(context: ChannelHandlerContext) {
        log.connected()
        switch behaviour {
        case .abort: reset(context)
        case .greet(let text): write(text, context)
        default: break
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += String(buffer: unwrapInboundIn(data))
        guard let request = Self.wholeRequest(received) else { return }
        received = ""
        log.received(request)
        if case .tunnel = behaviour, request.hasPrefix("CONNECT ") {
            openTunnel(context)
        } else {
            act(context)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if case .flood = behaviour { pour(context) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        dripping?.cancel()
        log.disconnected()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func act(_ context: ChannelHandlerContext) {
        switch behaviour {
        case .answer(let text), .tunnel(let text):
            write(text, context)
        case .answerAndClose(let text):
            write(text, context)
            context.close(promise: nil)
        case .answerAndReset(let text):
            write(text, context)
            reset(context)
        case .drip(let text):
            write(text, context)
            drip(context)
        case .flood(let text):
            write(text, context)
            pour(context)
        case .hang, .greet, .abort:
            break
        }
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    private func drip(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        dripping = context.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(10)) { _ in
            let (connection, context) = bound.value
            connection.write(" ", context)
        }
    }

    private func pour(_ context: ChannelHandlerContext) {
        let chunk = ByteBuffer(repeating: UInt8(ascii: " "), count: 65_536)
        while context.channel.isWritable, context.channel.isActive, log.bytesWritten < 1 << 30 {
            log.wrote(chunk.readableBytes)
            context.writeAndFlush(wrapOutboundOut(chunk), promise: nil)
        }
    }

    /// A close with a linger time of zero: see socket(7), SO_LINGER.
    private func reset(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            .whenComplete { _ in bound.value.close(promise: nil) }
    }

    private func openTunnel(_ context: ChannelHandlerContext) {
        write("HTTP/1.1 200 Connection established\r\n\r\n", context)
        guard let tls else { return }
        try? context.pipeline.syncOperations.addHandler(TLSHandler(tls), position: .before(self))
    }

    /// The request if its body, as long as Content-Length says, is there.
    private static func wholeRequest(_ text: String) -> String? {
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        guard let end = lines.firstIndex(of: "") else { return nil }
        let head = lines[..<end]
        let length = head.compactMap { line in
            line.lowercased().hasPrefix("content-length: ") ? Int(line.dropFirst(16)) : nil
        }.first
        let headLength = head.reduce(2) { $0 + $1.utf8.count + 2 }
        return text.utf8.count >= headLength + (length ?? 0) ? text : nil
    }
}
