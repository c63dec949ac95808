import Glibc

/// What systemd listens on, see sd_notify(3).
final class NotifySocket: Sendable {
    let path: String
    private let descriptor: CInt

    init(at path: String) throws {
        self.path = path
        descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw HarnessError.system("socket", code: errno) }
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard UnixAddress(path).with({ bind(descriptor, $0, $1) }) == 0 else {
            throw HarnessError.system(path, code: errno)
        }
    }

    deinit {
        close(descriptor)
    }

    /// The messages from now to the one that is `last`. Blocks.
    func messages(upTo last: String) throws -> [String] {
        var messages: [String] = []
        repeat {
            var bytes = [UInt8](repeating: 0, count: 4_096)
            let count = recv(descriptor, &bytes, bytes.count, 0)
            guard count >= 0 else { throw HarnessError.waitedInVain(last, lines: messages) }
            messages.append(String(decoding: bytes.prefix(count), as: UTF8.self))
        } while messages.last != last
        return messages
    }
}
