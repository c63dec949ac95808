internal import BearerLoop
internal import Glibc

/// Two connected stream sockets. Ours does not block.
package func socketPair(isTheirsBlocking: Bool = false) throws(SystemError) -> (ours: CInt, theirs: CInt) {
    var ends: [CInt] = [-1, -1]
    let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    try check(socketpair(AF_UNIX, kind, 0, &ends), "socketpair")
    if isTheirsBlocking { _ = fcntl(ends[1], F_SETFL, fcntl(ends[1], F_GETFL) & ~O_NONBLOCK) }
    return (ends[0], ends[1])
}

/// Listens on a new Unix-domain socket at `path`.
package func listen(at path: String, backlog: CInt) throws(SystemError) -> CInt {
    let listener = try unixSocket(SOCK_STREAM)
    try check(unixAddress(path).with { bind(listener, $0, $1) }, path)
    try check(Glibc.listen(listener, backlog), "listen")
    return listener
}

/// A client's socket that is connected to the one at `path`.
///
/// - Parameters:
///   - name: what it is bound to before it connects; an abstract name begins with a NUL.
///   - limit: the time after which a call on it fails; `nil` for never.
package func connected(
    to path: String, boundTo name: [UInt8]? = nil, within limit: Duration? = nil
) throws(SystemError) -> CInt {
    let descriptor = try unixSocket(SOCK_STREAM)
    if let limit { setTimeout(of: descriptor, limit) }
    do throws(SystemError) {
        if let name { try check(UnixAddress(name: name)?.with { bind(descriptor, $0, $1) } ?? -1, "bind") }
        try check(unixAddress(path).with { connect(descriptor, $0, $1) }, path)
    } catch {
        close(descriptor)
        throw error
    }
    return descriptor
}

/// Takes a connection on which no call blocks for longer than 20 s.
package func accepted(from listener: CInt) -> CInt {
    let connection = accept(listener, nil, nil)
    setTimeout(of: connection, .seconds(20))
    return connection
}

/// From now on no call on `descriptor` blocks for longer than `limit`, see socket(7), SO_RCVTIMEO.
package func setTimeout(of descriptor: CInt, _ limit: Duration, _ options: [CInt] = [SO_RCVTIMEO, SO_SNDTIMEO]) {
    var time = timeval(
        tv_sec: Int(limit.components.seconds), tv_usec: Int(limit.components.attoseconds / 1_000_000_000_000))
    for option in options {
        setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }
}

/// A line without its ending, or what there was of it.
package func readLine(from connection: CInt) -> String {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while recv(connection, &byte, 1, 0) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
    return String(decoding: line, as: UTF8.self)
}

/// A socket that is bound to a port of 127.0.0.1 that the kernel chose.
package func loopbackSocket() throws(SystemError) -> (descriptor: CInt, port: Int) {
    let descriptor = try check(socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0), "socket")
    var address = sockaddr_in.loopback(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
        }
    }
    guard isBound else { throw SystemError("bind") }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
}

extension sockaddr_in {
    static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}

func unixSocket(_ kind: __socket_type) throws(SystemError) -> CInt {
    try check(socket(AF_UNIX, CInt(kind.rawValue | SOCK_CLOEXEC.rawValue), 0), "socket")
}

func unixAddress(_ path: String) throws(SystemError) -> UnixAddress {
    guard let address = UnixAddress(path: path) else { throw SystemError(path, code: ENAMETOOLONG) }
    return address
}
