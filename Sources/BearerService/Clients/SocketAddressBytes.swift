internal import Glibc

/// The addresses of Unix-domain sockets as bytes, since an abstract one is not a C string. See unix(7).
enum SocketAddressBytes {
    /// `sun_path` of who connected; empty for a socket without a name.
    static func peer(ofSocket socket: CInt) -> [UInt8] {
        path { getpeername(socket, $0, $1) }
    }

    /// `sun_path` of the socket itself, without the NUL at its end.
    static func own(ofSocket socket: CInt) -> String? {
        let bytes = path { getsockname(socket, $0, $1) }
        guard let first = bytes.first, first != 0 else { return nil }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func path(
        _ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt
    ) -> [UInt8] {
        var address = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, &length) }
        }
        guard result == 0, let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) else { return [] }
        return withUnsafeBytes(of: address) { Array($0.prefix(Int(length)).dropFirst(start)) }
    }
}
