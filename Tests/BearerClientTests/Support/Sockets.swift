import Glibc

@testable import BearerClient

/// Listens on a new Unix-domain socket.
func listen(at path: String, backlog: CInt) throws -> CInt {
    let listener = try check(socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0), "socket")
    let address = try UnixAddress(path)
    try check(address.with { bind(listener, $0, $1) }, path)
    try check(Glibc.listen(listener, backlog), "listen")
    return listener
}

/// Takes a connection on which no call blocks for longer than 20 s.
func acceptPatiently(_ listener: CInt) -> CInt {
    let connection = accept(listener, nil, nil)
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
        setsockopt(connection, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    return connection
}

/// A line without its ending, or what there was of it.
func readLine(from connection: CInt) -> String {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while recv(connection, &byte, 1, 0) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
    return String(decoding: line, as: UTF8.self)
}
