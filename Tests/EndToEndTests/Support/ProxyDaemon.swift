import Glibc
import TestSupport

/// Something on a socket that is not bearerd: it answers the first bytes of each connection with the same text and
/// hangs up.
final class ProxyDaemon: Sendable {
    let path: String
    private let descriptor: CInt

    init(at path: String) throws {
        self.path = path
        descriptor = try listen(at: path, backlog: 8)
    }

    deinit {
        close(descriptor)
    }

    /// Blocks until ``stop()``; returns how many connections there were.
    func serve(_ text: String) throws -> Int {
        var count = 0
        while case let connection = accept(descriptor, nil, nil), connection >= 0 {
            var request = [UInt8](repeating: 0, count: 4_096)
            _ = recv(connection, &request, request.count, 0)
            let bytes = Array(text.utf8)
            _ = send(connection, bytes, bytes.count, CInt(MSG_NOSIGNAL))
            close(connection)
            count += 1
        }
        return count
    }

    func stop() {
        shutdown(descriptor, CInt(SHUT_RDWR))
    }
}
