internal import BearerLoop
internal import CLinux
internal import Glibc

/// A bound AF_UNIX datagram socket, as systemd has for `$NOTIFY_SOCKET` and as journald has.
package final class DatagramSocket: Sendable {
    package let path: String
    private let descriptor: CInt

    package init(path: String) throws(SystemError) {
        self.path = path
        descriptor = try unixSocket(SOCK_DGRAM)
        try check(unixAddress(path).with { [descriptor] in bind(descriptor, $0, $1) }, path)
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

    /// Waits for a message and the descriptor that comes along, -1 for none.
    package func receiveWithDescriptor() -> (text: String, descriptor: CInt) {
        var text = [UInt8](repeating: 0, count: 4096)
        var received: CInt = -1
        let count = clinux_receive(descriptor, &text, text.count, &received)
        return (String(decoding: text.prefix(max(0, count)), as: UTF8.self), received)
    }

    /// Sends to itself until its queue takes no more.
    package func fill() throws(SystemError) {
        let sender = try unixSocket(SOCK_DGRAM)
        defer { close(sender) }
        try unixAddress(path).with { address, length in
            while sendto(sender, "filler", 6, CInt(MSG_DONTWAIT), address, length) == 6 {}
        }
    }
}
