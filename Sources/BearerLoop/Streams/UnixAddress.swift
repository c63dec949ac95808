package import Glibc

/// The address of a Unix-domain socket, see unix(7).
package struct UnixAddress {
    /// Bytes that a path may have; the zero at its end comes on top.
    package static let longestPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    private var address = sockaddr_un()
    private var length = socklen_t(MemoryLayout<sockaddr_un>.size)

    /// `nil`: it is longer than ``longestPath``.
    package init?(path: String) {
        guard path.utf8.count <= Self.longestPath else { return nil }
        fill(path.utf8)
    }

    /// - Parameter name: with the zero byte with which an abstract name begins. `nil`: it is longer than `sun_path`.
    package init?(name: [UInt8]) {
        guard name.count <= Self.longestPath + 1 else { return nil }
        fill(name)
        length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
    }

    private mutating func fill(_ bytes: some Collection<UInt8>) {
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    }

    /// Lends the address to a system call.
    package func with<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}
