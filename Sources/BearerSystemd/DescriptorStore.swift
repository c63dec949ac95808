internal import BearerLoop
internal import CSystemd
internal import Glibc

/// systemd's file descriptor store, sd_pid_notify_with_fds(3): descriptors that it keeps for us over a restart, a
/// crash and an upgrade. Does nothing without `$NOTIFY_SOCKET`.
///
/// systemd does not say whether it took a descriptor: the store may be off, or full.
package final class DescriptorStore: Sendable {
    /// A message to systemd.
    package enum Operation: Sendable {
        case add(CInt, name: String)
        case remove(name: String)
    }

    private let worker: Worker<Operation>?

    package init() {
        worker = getenv("NOTIFY_SOCKET") == nil ? nil : Self.worker(Self.tellSystemd)
    }

    /// A store in place of systemd's. `carryOut` is called on a thread of its own, in order; a descriptor is closed
    /// when it returns.
    package init(carryOut: @escaping @Sendable (Operation) -> Void) {
        worker = Self.worker(carryOut)
    }

    /// Whether there is a systemd that listens. It does not say whether it keeps descriptors for this unit.
    package var isAvailable: Bool { worker != nil }

    /// Adds a descriptor and closes ours. Names need not be unique: a second one is kept beside the first.
    ///
    /// - Returns: whether systemd will receive it.
    @discardableResult
    package func add(_ descriptor: CInt, name: String) -> Bool {
        guard let worker, worker.submit(.add(descriptor, name: name)) else {
            close(descriptor)
            return false
        }
        return true
    }

    /// Removes every descriptor of this name.
    package func remove(name: String) {
        worker?.submit(.remove(name: name))
    }

    /// Waits until everything is sent; false when that takes longer than `limit`.
    @discardableResult
    package func flush(within limit: Duration = .seconds(1)) -> Bool {
        worker?.flush(within: limit) ?? true
    }

    private static func worker(_ carryOut: @escaping @Sendable (Operation) -> Void) -> Worker<Operation> {
        Worker("fd-store", capacity: 4096) { operation in
            carryOut(operation)
            if case .add(let descriptor, _) = operation { close(descriptor) }
        }
    }

    private static func tellSystemd(_ operation: Operation) {
        switch operation {
        case .add(var descriptor, let name):
            sd_pid_notify_with_fds(0, 0, "FDSTORE=1\nFDNAME=\(name)", &descriptor, 1)
        case .remove(let name):
            sd_notify(0, "FDSTOREREMOVE=1\nFDNAME=\(name)")
        }
    }
}

/// A descriptor that systemd passed: a socket of a `.socket` unit, or one out of the file descriptor store.
package struct ListenDescriptor: Sendable, Equatable {
    /// `FileDescriptorName=` or `FDNAME=`; several descriptors may have the same.
    package let name: String
    /// Close-on-exec is set. The receiver owns it.
    package let descriptor: Int32

    package init(name: String, descriptor: Int32) {
        self.name = name
        self.descriptor = descriptor
    }
}

/// The descriptors that systemd passes at start, sd_listen_fds(3).
package enum ListenDescriptors {
    /// Takes them, in the order of their numbers, and removes them from the environment; none when they are meant
    /// for another process. Once, before there are other threads: it changes the environment.
    package static func take() throws(SystemdError) -> [ListenDescriptor] {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(1, &names)
        guard count >= 0 else { throw .listenDescriptors(errno: -count) }
        defer { free(names) }
        return (0..<count).map { index in
            let name = names?[Int(index)]
            defer { free(name) }
            return ListenDescriptor(
                name: name.map { String(cString: $0) } ?? "", descriptor: firstDescriptor + index)
        }
    }

    /// SD_LISTEN_FDS_START.
    private static let firstDescriptor: Int32 = 3
}
