internal import Glibc

/// Tells the service manager how this service is doing, by the protocol of sd_notify(3). Does nothing without
/// `$NOTIFY_SOCKET`.
///
/// Not by libsystemd: loading it would make each `bearerctl token` slower.
struct ServiceManager {
    private let address: sockaddr_un?
    private var length: socklen_t = 0

    init() {
        guard let path = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }),
            path.hasPrefix("/") || path.hasPrefix("@")
        else {
            address = nil
            return
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            self.address = nil
            return
        }
        // An abstract address begins with a zero byte.
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        self.address = address
        // The command that runs after a change is not to speak for this service.
        unsetenv("NOTIFY_SOCKET")
        length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
    }

    /// The start is complete, or the reload that ``reloading()`` began.
    func ready(_ status: String) { send("READY=1\nSTATUS=\(status)") }

    /// systemd reloads the units that name this one in `ReloadPropagatedFrom=`.
    func reloading() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        send("RELOADING=1\nMONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1000)")
    }

    /// One line for `systemctl status`.
    func status(_ text: String) { send("STATUS=\(text)") }

    func stopping() { send("STOPPING=1") }

    private func send(_ message: String) {
        guard var address else { return }
        let sender = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard sender >= 0 else { return }
        defer { close(sender) }
        let bytes = Array(message.utf8)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = sendto(sender, bytes, bytes.count, CInt(MSG_NOSIGNAL), $0, length)
            }
        }
    }
}
