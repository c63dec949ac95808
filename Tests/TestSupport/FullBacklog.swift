internal import Glibc

/// A listening socket whose queue is full, so that a further connection is never established: see listen(2).
package final class FullBacklog: Sendable {
    package let port: Int
    private let descriptors: [CInt]

    package init() throws(SystemError) {
        let (listener, port) = try loopbackSocket()
        try check(listen(listener, 0), "listen")
        let clients = (0..<4).map { _ in socket(AF_INET, CInt(SOCK_STREAM.rawValue) | O_NONBLOCK, 0) }
        withUnsafePointer(to: sockaddr_in.loopback(port: port)) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                for client in clients { _ = connect(client, address, socklen_t(MemoryLayout<sockaddr_in>.size)) }
            }
        }
        self.port = port
        descriptors = [listener] + clients
    }

    deinit {
        for descriptor in descriptors { close(descriptor) }
    }
}
