import Glibc

@testable import BearerLoop

/// Whether something can be read now.
func isReadable(_ descriptor: CInt) -> Bool {
    var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&state, 1, 0) == 1
}

/// Two connected stream sockets, neither of which blocks.
func socketPair() throws -> (CInt, CInt) {
    var ends: [CInt] = [-1, -1]
    let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    _ = try LoopError.checked("socketpair", socketpair(AF_UNIX, kind, 0, &ends))
    return (ends[0], ends[1])
}

/// What has come in, at most `most` bytes; nil at the end of the stream.
func received(_ descriptor: CInt, atMost most: Int = 65_536) -> String? {
    var bytes = [UInt8](repeating: 0, count: most)
    let count = recv(descriptor, &bytes, most, CInt(MSG_DONTWAIT))
    return count == 0 ? nil : String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
}
