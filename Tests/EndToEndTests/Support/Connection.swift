import BearerJSON
import Glibc
import TestSupport

/// A raw connection to a Unix-domain socket: what a client in any language has. Every call blocks, at most 30 s.
final class Connection: Sendable {
    let descriptor: CInt
    let path: String

    init(to path: String) throws {
        self.path = path
        descriptor = try connected(to: path, within: .seconds(30))
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
            guard count > 0 else { throw SystemError("send to \(path)") }
            sent += count
        }
    }

    /// From now on ``send(_:)`` fails after a moment when the daemon takes no more.
    func stopWaitingForRoom() {
        setTimeout(of: descriptor, .milliseconds(200), [SO_SNDTIMEO])
    }

    func halfClose() {
        shutdown(descriptor, CInt(SHUT_WR))
    }

    /// The next line without its ending; nil at the end of the connection.
    func line() throws -> String? {
        let line = try rawLine()
        if line.isEmpty { return nil }
        return String(decoding: line.last == UInt8(ascii: "\n") ? line.dropLast() : line[...], as: UTF8.self)
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

    /// Waits until the daemon has taken all that was sent, so that what is sent next comes in a packet of its own.
    func awaitTaken() throws {
        let end = ContinuousClock.now + .seconds(30)
        var untaken: CInt = 1
        while untaken > 0 {
            guard ioctl(descriptor, UInt(TIOCOUTQ), &untaken) == 0, ContinuousClock.now < end else {
                throw SystemError("waiting for \(path) to take what was sent", code: errno)
            }
            sched_yield()
        }
    }

    /// The next line, its ending included; less at the end of the connection.
    func rawLine() throws -> [UInt8] {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while line.last != UInt8(ascii: "\n") {
            let count = recv(descriptor, &byte, 1, 0)
            guard count >= 0 else { throw SystemError("receive from \(path)") }
            if count == 0 { break }
            line.append(byte)
        }
        return line
    }
}
