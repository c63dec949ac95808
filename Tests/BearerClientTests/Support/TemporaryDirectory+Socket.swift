import Glibc
import TestSupport

extension TemporaryDirectory {
    /// Where a user's daemon has its socket.
    private var socket: String { "\(path)/bearerd/bearerd.sock" }

    /// A socket that nobody listens on, in its place.
    func makeSocket() throws -> String {
        try check(mkdir("\(path)/bearerd", 0o700), "mkdir")
        close(try listen(at: socket, backlog: 0))
        return socket
    }

    /// An empty file in its place.
    func makeSocketFile() -> String {
        write([], to: "bearerd/bearerd.sock")
        return socket
    }
}
