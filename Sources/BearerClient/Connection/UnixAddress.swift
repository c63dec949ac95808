internal import Glibc

/// The address of a Unix-domain socket, see unix(7).
struct UnixAddress {
    private let path: String

    init(_ path: String) throws(BearerError) {
        let room = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1
        guard path.utf8.count <= room else {
            throw .unavailable(socket: path, reason: "the path of a socket has at most \(room) bytes")
        }
        self.path = path
    }

    func with<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
