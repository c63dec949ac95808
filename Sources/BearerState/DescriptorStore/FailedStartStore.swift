internal import BearerCore
package import BearerSystemd

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
        _ = files.keep(record)
        files.flush()
    }

    /// Takes the last record back, and all of them out of the store. All descriptors are closed.
    package func takeBack(_ descriptors: [ListenDescriptor]) -> Record? {
        guard !descriptors.isEmpty else { return nil }
        defer { files.remove(Self.name) }
        return files.takeBack(descriptors) { (_, body) throws(StoredTokenError) in try Record(body) }.first
    }
}

extension FailedStartStore.Record: SealedEntry {
    var name: String { FailedStartStore.name }
    /// Only the last one is of use.
    var place: String { "" }
    var number: UInt64 { UInt64(clamping: milliseconds) }

    private var milliseconds: Int64 {
        let (seconds, attoseconds) = boot.components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }

    func encoded() -> [UInt8] { Array("\(milliseconds)\n\(message)".utf8) }

    /// Reads what ``encoded()`` made.
    init(_ body: Secret) throws(StoredTokenError) {
        let text = body.withBytes { String(decoding: $0, as: UTF8.self) }
        let parts = text.split(separator: "\n", maxSplits: 1)
        guard parts.count == 2, let milliseconds = ASCII.number(parts[0]) else { throw .damaged }
        self.init(boot: .milliseconds(milliseconds), message: String(parts[1]))
    }
}
