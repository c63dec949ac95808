import Glibc

/// systemd's side of `$NOTIFY_SOCKET`, descriptors included. See unix(7), SCM_RIGHTS, and cmsg(3).
final class DescriptorStoreSocket: Sendable {
    let path: String
    private let socket: Int32

    init(path: String) {
        self.path = path
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        precondition(result == 0, "\(path) cannot be bound")
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(socket) }

    /// Waits for a message; empty when none comes within a minute. The descriptor is -1 when none came along.
    func receive() -> (text: String, descriptor: Int32) {
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
                    return recvmsg(socket, &message, Int32(MSG_CMSG_CLOEXEC))
                }
            }
        }
        return (String(decoding: text.prefix(max(0, count)), as: UTF8.self), descriptor(in: control, message))
    }

    private func descriptor(in control: [UInt8], _ message: msghdr) -> Int32 {
        let size = MemoryLayout<cmsghdr>.size
        guard message.msg_controllen >= size + MemoryLayout<Int32>.size else { return -1 }
        return control.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: size, as: Int32.self) }
    }
}
