internal import BearerCore
package import BearerSystemd
internal import CLinux
internal import Glibc

/// What a sealed memfd holds.
protocol SealedEntry {
    /// The descriptor's name in the store.
    var name: String { get }
    /// Of the entries of one place only the newest is of use.
    var place: String { get }
    /// The newer one has the larger number.
    var number: UInt64 { get }

    /// The bytes to be kept. The caller wipes them.
    func encoded() -> [UInt8]
}

/// Sealed memfds in systemd's file descriptor store: nobody can change them any more, and they outlive this process.
///
/// Each holds a line with the SHA-256 of the rest, then the rest.
package struct SealedFiles: Sendable {
    /// Above what any of our files takes.
    private static let limit = 64 * 1024

    private let store: DescriptorStore
    private let make: @Sendable () -> CInt

    /// - Parameter make: makes an empty memfd; -1 when it cannot.
    package init(store: DescriptorStore, make: @escaping @Sendable () -> CInt = { clinux_memfd("bearerd") }) {
        self.store = store
        self.make = make
    }

    /// Whether there is a systemd to be told. It does not say whether it keeps descriptors for this unit.
    var isAvailable: Bool { store.isAvailable }

    /// Keeps `entry`, then removes the one before it.
    ///
    /// - Returns: whether it was handed to systemd; if not, for want of a store, a descriptor or memory, the one before it
    ///   stays.
    func keep(_ entry: some SealedEntry, replacing old: String? = nil) -> Bool {
        var body = entry.encoded()
        var bytes = Checksum.added(to: body)
        defer {
            Secret.wipe(&body)
            Secret.wipe(&bytes)
        }
        guard let descriptor = sealed(bytes), store.add(descriptor, name: entry.name) else { return false }
        if let old { remove(old) }
        return true
    }

    private func sealed(_ bytes: [UInt8]) -> CInt? {
        guard store.isAvailable, bytes.count <= Self.limit else { return nil }
        let descriptor = make()
        guard descriptor >= 0 else { return nil }
        guard write(descriptor, bytes, bytes.count) == bytes.count, clinux_seal(descriptor) == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// Removes every descriptor of this name.
    func remove(_ name: String) {
        store.remove(name: name)
    }

    /// Waits until systemd has been told of everything; bounded, at most a second.
    func flush() {
        store.flush()
    }

    /// Takes back what systemd kept: the newest of each place. Everything else is removed from the store. All descriptors are
    /// closed.
    ///
    /// - Parameters:
    ///   - onDrop: is told of what cannot be used: its name, what it holds if that can be read, and why.
    ///   - isUsable: why an entry that can be read cannot be used.
    ///   - read: makes an entry of a name and of what a descriptor holds.
    func takeBack<Entry: SealedEntry>(
        _ descriptors: [ListenDescriptor],
        onDrop: (_ name: String, Entry?, StoredTokenError) -> Void = { _, _, _ in },
        isUsable: (Entry) -> StoredTokenError? = { _ in nil },
        read: (_ name: String, _ body: Secret) throws(StoredTokenError) -> Entry
    ) -> [Entry] {
        var newest: [String: Entry] = [:]
        for descriptor in descriptors {
            defer { close(descriptor.descriptor) }
            var found: Entry?
            do throws(StoredTokenError) {
                let entry = try read(descriptor.name, contents(of: descriptor.descriptor))
                found = entry
                if let problem = isUsable(entry) { throw problem }
                guard entry.name == descriptor.name else { throw .damaged }
                guard let other = newest[entry.place] else {
                    newest[entry.place] = entry
                    continue
                }
                // The same twice has one name, by which both would go.
                if other.number == entry.number { continue }
                let isNewer = other.number < entry.number
                if isNewer { newest[entry.place] = entry }
                remove(isNewer ? other.name : entry.name)
            } catch {
                onDrop(descriptor.name, found, error)
                remove(descriptor.name)
            }
        }
        return Array(newest.values)
    }

    /// What a descriptor holds, without its checksum.
    private func contents(of descriptor: CInt) throws(StoredTokenError) -> Secret {
        guard clinux_is_sealed(descriptor) else { throw .notSealed }
        lseek(descriptor, 0, SEEK_SET)
        guard case .contents(let bytes) = SecretReader.read(descriptor, limit: Self.limit),
            let body = Checksum.removed(from: bytes)
        else { throw .damaged }
        return body
    }
}

/// Why a stored descriptor holds nothing for us.
package enum StoredTokenError: String, Error {
    case damaged
    case otherVersion = "of another version"
    case otherBoot = "of an earlier boot"
    case otherCredentials = "for other credentials or another server"
    case unknownProfile = "of a profile that there is no more"
    case expired
    case notSealed = "not a sealed memfd of ours"

    init(_ problem: StateError.FileProblem) {
        if case .newerVersion = problem { self = .otherVersion } else { self = .damaged }
    }
}
