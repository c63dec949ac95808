import BearerJSON
import Glibc

/// A raw connection to a Unix-domain socket: what a client in any language has. Every call blocks, at most 30 s.
final class Connection: Sendable {
    let descriptor: CInt
    let path: String

    init(to path: String) throws {
        self.path = path
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw HarnessError.system("socket", code: errno) }
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        guard UnixAddress(path).with({ connect(descriptor, $0, $1) }) == 0 else {
            let code = errno
            close(descriptor)
            throw HarnessError.system(path, code: code)
        }
    }

    deinit {
        close(descriptor)
    }

    /// Sends all of it; what the daemon no longer takes is an error.
    func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    /// Sends all of it, as ``send(_:)-(String)``.
    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw HarnessError.system("send to \(path)", code: errno) }
            sent += count
        }
    }

    /// From now on ``send(_:)`` fails after a moment when the daemon takes no more.
    func stopWaitingForRoom() {
        var limit = timeval(tv_sec: 0, tv_usec: 200_000)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    func halfClose() {
        shutdown(descriptor, CInt(SHUT_WR))
    }

    /// The next line without its ending; nil at the end of the connection.
    func line() throws -> String? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            let count = recv(descriptor, &byte, 1, 0)
            guard count >= 0 else { throw HarnessError.system("receive from \(path)", code: errno) }
            if count == 0 { return line.isEmpty ? nil : String(decoding: line, as: UTF8.self) }
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
    }

    /// The next reply.
    func reply() throws -> Reply {
        guard let line = try line() else { throw HarnessError.noLine(path) }
        return try Reply(line)
    }

    func ask(_ request: String) throws -> Reply {
        try send(request + "\n")
        return try reply()
    }
}
