internal import BearerProtocol
internal import Glibc

/// A blocking connection to the daemon: a request out, lines in.
final class LineStream {
    private let descriptor: CInt
    private let path: String
    private var lines = LineAssembler(limit: 1 << 20)

    /// Connects to the Unix-domain socket at `path`. A full backlog is waited for.
    init(connectingTo path: String) throws(CommandError) {
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .failed(path, "socket", errno) }
        guard try Self.connect(descriptor, path) == 0 else {
            let code = errno
            close(descriptor)
            throw .failed(path, "connect", code)
        }
    }

    deinit {
        close(descriptor)
    }

    func send(_ request: Request) throws(CommandError) {
        var bytes: [UInt8] = []
        request.encode(into: &bytes)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            // A daemon that turns us away may have said why before it closed.
            guard count > 0 else { return }
            sent += count
        }
    }

    /// The next line without its ending; `nil` when there are no more.
    func next() throws(CommandError) -> [UInt8]? {
        while true {
            if case .complete(let line) = lines.next() { return Array(line) }
            guard try receive() else { return nil }
        }
    }

    /// - Returns: false at the end of the connection.
    private func receive() throws(CommandError) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count > 0 {
                chunk[..<count].withUnsafeBytes { lines.append($0) }
                return true
            }
            if count == 0 || errno == ECONNRESET { return false }
            guard errno == EINTR else { throw .failed(path, "recv", errno) }
        }
    }

    private static func connect(_ descriptor: CInt, _ path: String) throws(CommandError) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard path.utf8.count <= room else {
            throw .unavailable("\(path): the path of a socket has at most \(room) bytes")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

extension CommandError {
    /// A system call on the socket failed: no permission has its own exit code, everything else means no daemon.
    fileprivate static func failed(_ path: String, _ call: String, _ code: CInt) -> CommandError {
        let reason = String(cString: strerror(code))
        if code == EACCES || code == EPERM {
            return CommandError(
                code: EX_NOPERM, message: "\(path): \(reason): are you in the group that owns the socket?")
        }
        return unavailable("\(path): \(call): \(reason): is bearerd running?")
    }
}
