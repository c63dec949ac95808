internal import Glibc

/// A listening socket whose queue is full, so that a further connection is never established: see listen(2).
package final class FullBacklog: Sendable {
    package let port: Int
    private let descriptors: [CInt]

    /// The kernel refused to bind or to listen.
    package struct NoSocket: Error {}

    package init() throws(NoSocket) {
        let listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 0) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard isBound else { throw NoSocket() }
        port = Int(UInt16(bigEndian: address.sin_port))
        let clients = (0..<4).map { _ in socket(AF_INET, CInt(SOCK_STREAM.rawValue) | O_NONBLOCK, 0) }
        for client in clients {
            withUnsafePointer(to: address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = connect(client, $0, length) }
            }
        }
        descriptors = [listener] + clients
    }

    deinit {
        for descriptor in descriptors { close(descriptor) }
    }
}
