internal import Glibc

/// Whether something can be read now.
package func isReadable(_ descriptor: CInt) -> Bool {
    var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&state, 1, 0) == 1
}

/// What has come in, at most `most` bytes; nil at the end of the stream.
package func received(_ descriptor: CInt, atMost most: Int = 65_536) -> String? {
    var bytes = [UInt8](repeating: 0, count: most)
    let count = recv(descriptor, &bytes, most, CInt(MSG_DONTWAIT))
    return count == 0 ? nil : String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
}
