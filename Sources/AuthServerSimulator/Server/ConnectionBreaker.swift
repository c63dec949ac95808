internal import Glibc
internal import NIOCore

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
