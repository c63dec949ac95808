internal import BearerLoop
internal import Glibc

/// Tells the service manager how this service is doing, by the protocol of sd_notify(3). Does nothing without
/// `$NOTIFY_SOCKET`.
///
/// Not by libsystemd: loading it would make each `bearerctl token` slower.
struct ServiceManager {
    private let address: UnixAddress?

    init() {
        address = getenv("NOTIFY_SOCKET").flatMap { Self.address(of: String(cString: $0)) }
        // The command that runs after a change is not to speak for this service.
        if address != nil { unsetenv("NOTIFY_SOCKET") }
    }

    /// An abstract address begins with a zero byte, for which `@` stands.
    private static func address(of path: String) -> UnixAddress? {
        if path.hasPrefix("@") { return UnixAddress(name: [0] + path.utf8.dropFirst()) }
        return path.hasPrefix("/") ? UnixAddress(path: path) : nil
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
        guard let address else { return }
        let sender = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard sender >= 0 else { return }
        defer { close(sender) }
        let bytes = Array(message.utf8)
        _ = address.with { sendto(sender, bytes, bytes.count, CInt(MSG_NOSIGNAL), $0, $1) }
    }
}
