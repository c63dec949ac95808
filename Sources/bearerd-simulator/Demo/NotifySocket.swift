internal import CLinux
internal import Dispatch
internal import Glibc

/// What `$NOTIFY_SOCKET` names: takes the messages of sd_notify(3), each with the descriptor that came along.
final class NotifySocket: Sendable {
    let path: String
    private let descriptor: CInt
    private let queue = DispatchQueue(label: "notify")
    private let take: @Sendable (NotifyMessage) -> Void

    private static let maximumMessage = 4096

    /// - Parameter take: called with one message after the other; it owns their descriptors.
    init(path: String, take: @escaping @Sendable (NotifyMessage) -> Void) throws(DemoError) {
        self.path = path
        self.take = take
        descriptor = try boundSocket(SOCK_DGRAM, at: path)
        // What is there is taken, and no more is waited for.
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        // The handler keeps its own source alive, and us, for as long as the process lives.
        source.setEventHandler { withExtendedLifetime(source) { self.takeAll() } }
        source.resume()
    }

    /// Returns once all that has been sent is taken.
    func drain() {
        queue.sync { takeAll() }
    }

    private func takeAll() {
        var bytes = [UInt8](repeating: 0, count: Self.maximumMessage)
        var passed: CInt = -1
        while case let count = clinux_receive(descriptor, &bytes, bytes.count, &passed), count >= 0 {
            take(NotifyMessage(String(decoding: bytes.prefix(count), as: UTF8.self), descriptor: passed))
        }
    }
}

/// A message of sd_notify(3): lines of `NAME=value`.
struct NotifyMessage {
    private let fields: [Substring: Substring]
    /// -1 when none came along.
    let descriptor: CInt

    init(_ text: String, descriptor: CInt) {
        let pairs = text.split(separator: "\n").map { line in
            (line.prefix { $0 != "=" }, line.drop { $0 != "=" }.dropFirst())
        }
        fields = Dictionary(pairs) { $1 }
        self.descriptor = descriptor
    }

    subscript(name: Substring) -> String? { fields[name].map(String.init) }
}

/// The file descriptor store, see `FileDescriptorStoreMax=` in systemd.service(5).
struct DescriptorStore {
    private(set) var entries: [(name: String, descriptor: CInt)] = []

    mutating func carryOut(_ message: NotifyMessage) {
        let name = message["FDNAME"] ?? "stored"
        if message["FDSTORE"] != nil, message.descriptor >= 0 {
            entries.append((name, message.descriptor))
        } else if message.descriptor >= 0 {
            close(message.descriptor)
        }
        if message["FDSTOREREMOVE"] != nil {
            for entry in entries where entry.name == name { close(entry.descriptor) }
            entries.removeAll { $0.name == name }
        }
    }
}
