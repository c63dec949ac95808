internal import BearerCore
package import BearerSystemd
internal import Glibc

/// Why the start before failed, in a sealed memfd in systemd's file descriptor store, so that the process that systemd starts
/// next knows that it has been said.
package struct FailedStartStore: Sendable {
    package struct Record: Sendable, Equatable {
        /// When, on CLOCK_BOOTTIME; whole milliseconds.
        package let boot: Duration
        package let message: String

        package init(boot: Duration, message: String) {
            self.boot = boot
            self.message = message
        }
    }

    /// The descriptor's name in the store.
    package static let name = "failed-start"

    private let files: SealedFiles

    package init(_ files: SealedFiles) {
        self.files = files
    }

    /// Keeps a record, and waits until systemd has been told; bounded, at most a second. Without a store nothing is kept.
    package func keep(_ record: Record) {
        let (seconds, attoseconds) = record.boot.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        var bytes = Checksum.added(to: Array("\(milliseconds)\n\(record.message)".utf8))
        _ = files.add(&bytes, name: Self.name)
        files.flush()
    }

    /// Takes the last record back, and all of them out of the store. All descriptors are closed.
    package func takeBack(_ descriptors: [ListenDescriptor]) -> Record? {
        guard !descriptors.isEmpty else { return nil }
        defer { files.remove(Self.name) }
        return descriptors.compactMap { descriptor in
            defer { close(descriptor.descriptor) }
            return read(descriptor.descriptor)
        }.max { $0.boot < $1.boot }
    }

    private func read(_ descriptor: CInt) -> Record? {
        guard let secret = try? files.read(descriptor), let body = Checksum.removed(from: secret.withBytes(Array.init))
        else { return nil }
        let parts = String(decoding: body, as: UTF8.self).split(separator: "\n", maxSplits: 1)
        guard parts.count == 2, let milliseconds = ASCII.number(parts[0]) else { return nil }
        return Record(boot: .milliseconds(milliseconds), message: String(parts[1]))
    }
}
