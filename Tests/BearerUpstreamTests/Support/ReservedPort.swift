import Glibc
import TestSupport

/// A port of 127.0.0.1 that is bound and not listened on: connections are refused, and nobody else can take it.
struct ReservedPort: ~Copyable {
    let port: Int
    private let descriptor: CInt

    init() throws {
        (descriptor, port) = try loopbackSocket()
    }

    deinit {
        close(descriptor)
    }

    /// Whether this host has ::1.
    static var hasIPv6: Bool {
        let descriptor = socket(AF_INET6, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_addr = in6addr_loopback
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0
            }
        }
    }
}
