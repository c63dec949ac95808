internal import Glibc

/// A bound AF_UNIX datagram socket, as systemd has for `$NOTIFY_SOCKET` and as journald has.
package final class DatagramSocket: Sendable {
    package let path: String
    private let descriptor: CInt

    package init(path: String) throws(SystemError) {
        self.path = path
        descriptor = try unixSocket(SOCK_DGRAM)
        try check(SocketName(path: path).with { [descriptor] in bind(descriptor, $0, $1) }, path)
        setTimeout(of: descriptor, .seconds(60), [SO_RCVTIMEO])
    }

    deinit { close(descriptor) }

    /// Waits for a message; empty when none comes within a minute.
    package func receive() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return Array(bytes.prefix(max(0, count)))
    }

    package func receiveText() -> String { String(decoding: receive(), as: UTF8.self) }

    /// Waits for a message and the descriptor that comes along, -1 for none. See unix(7), SCM_RIGHTS, and cmsg(3).
    package func receiveWithDescriptor() -> (text: String, descriptor: CInt) {
        var text = [UInt8](repeating: 0, count: 4096)
        var control = [UInt8](repeating: 0, count: 64)
        var message = msghdr()
        let count = text.withUnsafeMutableBytes { text in
            control.withUnsafeMutableBytes { control in
                var vector = iovec(iov_base: text.baseAddress, iov_len: text.count)
                return withUnsafeMutablePointer(to: &vector) { vector in
                    message.msg_iov = vector
                    message.msg_iovlen = 1
                    message.msg_control = control.baseAddress
                    message.msg_controllen = control.count
                    return recvmsg(descriptor, &message, CInt(MSG_CMSG_CLOEXEC))
                }
            }
        }
        let size = MemoryLayout<cmsghdr>.size
        let hasDescriptor = message.msg_controllen >= size + MemoryLayout<CInt>.size
        let received =
            hasDescriptor ? control.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: size, as: CInt.self) } : -1
        return (String(decoding: text.prefix(max(0, count)), as: UTF8.self), received)
    }

    /// Sends to itself until its queue takes no more.
    package func fill() throws(SystemError) {
        let sender = try unixSocket(SOCK_DGRAM)
        defer { close(sender) }
        SocketName(path: path).with { address, length in
            while sendto(sender, "filler", 6, CInt(MSG_DONTWAIT), address, length) == 6 {}
        }
    }
}
