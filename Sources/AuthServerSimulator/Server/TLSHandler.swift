internal import COpenSSL
internal import Glibc
package import NIOCore

/// TLS of OpenSSL in a pipeline: turns the records of the peer into bytes, and bytes into records. Two buffers in memory
/// stand for the socket: BIO_s_mem(3ssl).
///
/// OpenSSL is on every host, whereas NIO's own module for TLS brings a copy of BoringSSL that takes longer to build than
/// all the rest.
package final class TLSHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private let connection: OpaquePointer
    private let received: OpaquePointer
    private let toSend: OpaquePointer
    private var isEstablished = false
    private var isOver = false
    /// Written before the handshake was complete.
    private var early: [(bytes: ByteBuffer, promise: EventLoopPromise<Void>?)] = []

    package init(_ context: TLSContext) throws(SimulatorError) {
        guard let connection = SSL_new(context.context), let received = BIO_new(BIO_s_mem()),
            let toSend = BIO_new(BIO_s_mem())
        else { throw .tls("no memory for a connection") }
        self.connection = connection
        self.received = received
        self.toSend = toSend
        // Which takes both over.
        SSL_set_bio(connection, received, toSend)
        if context.isServer { SSL_set_accept_state(connection) } else { SSL_set_connect_state(connection) }
    }

    deinit {
        SSL_free(connection)
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { proceed(context) }
    }

    package func channelActive(context: ChannelHandlerContext) {
        proceed(context)
        context.fireChannelActive()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        bytes.withUnsafeReadableBytes { _ = BIO_write(received, $0.baseAddress, CInt($0.count)) }
        proceed(context)
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let bytes = unwrapOutboundIn(data)
        guard isEstablished, !isOver else {
            if isOver { promise?.fail(ChannelError.ioOnClosedChannel) } else { early.append((bytes, promise)) }
            return
        }
        encrypt(bytes)
        sendRecords(context, promise)
    }

    /// In good order: the peer is informed that nothing more comes.
    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if isEstablished, !isOver {
            isOver = true
            SSL_shutdown(connection)
            sendRecords(context, nil)
            context.flush()
        }
        for (_, promise) in early { promise?.fail(ChannelError.ioOnClosedChannel) }
        early = []
        context.close(mode: mode, promise: promise)
    }

    /// As far as what has come in allows: the handshake, then bytes.
    private func proceed(_ context: ChannelHandlerContext) {
        guard !isOver else { return }
        if !isEstablished {
            guard shakeHands(context) else { return }
            for (bytes, promise) in early {
                encrypt(bytes)
                sendRecords(context, promise)
            }
            early = []
            context.flush()
        }
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            ERR_clear_error()
            let count = SSL_read(connection, &chunk, CInt(chunk.count))
            guard count > 0 else { return readEnded(SSL_get_error(connection, count), context) }
            context.fireChannelRead(wrapInboundOut(ByteBuffer(bytes: chunk[..<Int(count)])))
        }
    }

    private func shakeHands(_ context: ChannelHandlerContext) -> Bool {
        ERR_clear_error()
        let result = SSL_do_handshake(connection)
        sendRecords(context, nil)
        context.flush()
        isEstablished = result == 1
        if !isEstablished, SSL_get_error(connection, result) != SSL_ERROR_WANT_READ { fail(context) }
        return isEstablished
    }

    private func readEnded(_ error: CInt, _ context: ChannelHandlerContext) {
        sendRecords(context, nil)
        context.flush()
        switch error {
        case SSL_ERROR_WANT_READ: break
        case SSL_ERROR_ZERO_RETURN: context.close(promise: nil)
        default: fail(context)
        }
    }

    private func fail(_ context: ChannelHandlerContext) {
        isOver = true
        context.fireErrorCaught(SimulatorError.tls("the connection failed"))
        context.close(promise: nil)
    }

    private func encrypt(_ bytes: ByteBuffer) {
        guard bytes.readableBytes > 0 else { return }
        bytes.withUnsafeReadableBytes { _ = SSL_write(connection, $0.baseAddress, CInt($0.count)) }
    }

    /// Writes the records that OpenSSL has made.
    private func sendRecords(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        var records = ByteBuffer()
        records.writeWithUnsafeMutableBytes(minimumWritableBytes: copenssl_pending(toSend)) { room in
            max(0, Int(BIO_read(toSend, room.baseAddress, CInt(room.count))))
        }
        guard records.readableBytes > 0 || promise != nil else { return }
        context.write(wrapOutboundOut(records), promise: promise)
    }
}
