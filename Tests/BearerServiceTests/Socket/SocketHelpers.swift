import Glibc

struct SocketFailure: Error {
    let code: CInt
}

/// A client's socket, bound to `name` (with a leading NUL: an abstract one) before it connects.
func connected(to path: String, boundTo name: [UInt8]? = nil) throws -> CInt {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    if let name, withSocketAddress(name, { bind(descriptor, $0, $1) }) != 0 { throw SocketFailure(code: errno) }
    guard withSocketAddress(Array(path.utf8) + [0], { connect(descriptor, $0, $1) }) == 0 else {
        throw SocketFailure(code: errno)
    }
    return descriptor
}

private func withSocketAddress(_ name: [UInt8], _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
}
