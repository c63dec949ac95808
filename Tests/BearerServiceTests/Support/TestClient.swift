import BearerJSON
import BearerProtocol
import Glibc
import NIOPosix
import Synchronization

@testable import BearerService

/// The other end of a connection: a plain blocking socket, read on a thread of its own.
final class TestClient: Sendable {
    let descriptor: CInt
    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let buffer = Mutex<[UInt8]>([])
    private let isClosed = Mutex(false)

    struct Ended: Error {}

    /// - Parameter descriptor: a connected stream socket, which it takes over.
    init(_ descriptor: CInt) {
        self.descriptor = descriptor
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        thread.start()
    }

    /// Sends requests; `\n` goes after each.
    func send(_ requests: String...) {
        for request in requests { sendRaw(request + "\n") }
    }

    func sendRaw(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Sends as much of `bytes` as the socket takes at once; the number of bytes.
    func sendWhatFits(_ bytes: [UInt8]) -> Int {
        max(0, Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)))
    }

    /// The next line, without its ending.
    ///
    /// - Throws: ``Ended`` at the end of the stream, or when nothing comes for 20 s.
    func line() async throws -> String {
        while true {
            if let line = takeLine() { return line }
            let bytes = await receive()
            if bytes.isEmpty { throw Ended() }
            buffer.withLock { $0 += bytes }
        }
    }

    func reply() async throws -> Reply {
        let line = Array(try await line().utf8)
        return try Reply.parse(line: line[...])
    }

    /// Sends one request and returns its reply.
    func ask(_ request: String) async throws -> Reply {
        send(request)
        return try await reply()
    }

    /// Everything up to the end of the stream.
    func rest() async -> [UInt8] {
        var all = buffer.withLock { held in
            defer { held = [] }
            return held
        }
        while case let bytes = await receive(), !bytes.isEmpty { all += bytes }
        return all
    }

    /// Ends our side of the stream only.
    func endInput() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    func close() async {
        let isFirst = isClosed.withLock { closed in
            defer { closed = true }
            return !closed
        }
        guard isFirst else { return }
        shutdown(descriptor, Int32(SHUT_RDWR))
        try? await thread.shutdownGracefully()
        Glibc.close(descriptor)
    }

    private func takeLine() -> String? {
        buffer.withLock { held in
            guard let end = held.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            defer { held.removeSubrange(...end) }
            return String(decoding: held[..<end], as: UTF8.self)
        }
    }

    private func receive() async -> [UInt8] {
        let descriptor = descriptor
        return await withCheckedContinuation { continuation in
            thread.submit { _ in
                var bytes = [UInt8](repeating: 0, count: 1 << 16)
                let count = recv(descriptor, &bytes, bytes.count, 0)
                continuation.resume(returning: Array(bytes.prefix(max(0, count))))
            }
        }
    }
}

extension Reply {
    /// The token, if it is one.
    func token() throws -> TokenReply {
        guard case .token(let reply) = self else { throw Unexpected(found: self) }
        return reply
    }

    func error() throws -> ErrorReply {
        guard case .error(let reply) = self else { throw Unexpected(found: self) }
        return reply
    }

    struct Unexpected: Error {
        let found: Reply
    }
}

extension StatusReply {
    static func parse(_ line: String) throws -> StatusReply {
        try StatusReply(JSONValue(parsing: line.utf8))
    }
}
