internal import BearerLoop
internal import CLinux
internal import Glibc

/// A Unix-domain socket. No call on it blocks but ``block(for:until:)``. It is closed with the last reference to it.
final class UnixSocket: Sendable {
    let descriptor: CInt
    private let place: SocketPlace

    /// When a full backlog is tried again: the kernel does not tell of room in it.
    static let backlogPause = Duration.milliseconds(20)

    init(_ place: SocketPlace) throws(BearerError) {
        self.place = place
        let flags = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        descriptor = socket(AF_UNIX, CInt(flags), 0)
        guard descriptor >= 0 else { throw .failed("socket", errno, at: place.path) }
    }

    deinit {
        // The other side learns of the end at once, even while the poller's thread still has its hand on the socket.
        shutdown(descriptor, CInt(SHUT_RDWR))
        close(descriptor)
    }

    /// Connects.
    ///
    /// - Returns: false when the backlog is full: try again after ``backlogPause``.
    func connect() throws(BearerError) -> Bool {
        guard let address = UnixAddress(path: place.path) else {
            throw .unavailable(
                socket: place.path,
                reason: "the path of a socket has at most \(UnixAddress.longestPath) bytes")
        }
        guard address.with({ Glibc.connect(descriptor, $0, $1) }) == 0 else {
            guard errno == EAGAIN || errno == EINTR else { throw .failed("connect", errno, at: place.path) }
            return false
        }
        try checkListener()
        return true
    }

    /// Sends what the other side takes now, and drops it from `bytes`; all of it when the other side takes no more: it
    /// may have said why before it closed.
    func send(_ bytes: inout ArraySlice<UInt8>) {
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            if count >= 0 {
                bytes = bytes.dropFirst(count)
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                bytes = []
            }
        }
    }

    /// What came of looking for bytes.
    enum Arrival {
        case bytes([UInt8])
        /// There are none yet.
        case none
        /// The other side has closed.
        case end
    }

    /// Takes what is there.
    func receive() throws(BearerError) -> Arrival {
        var code: CInt = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 16 * 1024) { buffer, count in
            let result = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            code = result < 0 ? errno : 0
            count = max(0, result)
        }
        switch code {
        case 0: return bytes.isEmpty ? .end : .bytes(bytes)
        case EAGAIN, EINTR: return .none
        case ECONNRESET: return .end
        default: throw .failed("recv", code, at: place.path)
        }
    }

    /// Waits until the next call has something to do; no thread waits but the poller's.
    func wait(for readiness: Poller.Readiness, until deadline: ContinuousClock.Instant?) async throws(BearerError) {
        switch await Poller.shared.wait(for: readiness, of: descriptor, until: deadline) {
        case .ready: return
        case .timedOut: throw .timedOut
        case .cancelled: throw .cancelled
        case .failed(let code): throw .failed("poll", code, at: place.path)
        }
    }

    /// The same, on the calling thread.
    func block(for readiness: Poller.Readiness, until deadline: ContinuousClock.Instant?) throws(BearerError) {
        var wait = pollfd(fd: descriptor, events: readiness.events, revents: 0)
        while true {
            let count = poll(&wait, 1, Poller.milliseconds(until: deadline))
            if count > 0 { return }
            guard count == 0 || errno == EINTR else { throw .failed("poll", errno, at: place.path) }
            if let deadline, deadline <= .now { throw .timedOut }
        }
    }

    private func checkListener() throws(BearerError) {
        guard let expected = place.listener else { return }
        var peer = clinux_peer_credentials()
        guard clinux_peer_credentials(descriptor, &peer) == 0 else {
            throw .failed("getsockopt", errno, at: place.path)
        }
        guard peer.uid == expected else {
            throw .unavailable(
                socket: place.path, reason: "user \(peer.uid) listens there, and only user \(expected) is believed")
        }
    }
}

extension BearerError {
    /// A system call on the socket failed.
    fileprivate static func failed(_ call: String, _ code: CInt, at path: String) -> BearerError {
        let reason = String(cString: strerror(code))
        if code == EACCES || code == EPERM { return .permissionDenied(socket: path, reason: reason) }
        return .unavailable(socket: path, reason: "\(call): \(reason): is bearerd running?")
    }
}
