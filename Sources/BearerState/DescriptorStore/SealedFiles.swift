package import BearerCore
package import BearerSystemd
internal import CLinux
internal import Glibc

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
    package var isAvailable: Bool { store.isAvailable }

    /// Keeps `bytes`, which have their checksum before them, and wipes them.
    ///
    /// - Returns: whether systemd is told of it; not so without a store, a descriptor or memory.
    package func add(_ bytes: inout [UInt8], name: String) -> Bool {
        defer { Secret.wipe(&bytes) }
        guard store.isAvailable, bytes.count <= Self.limit else { return false }
        let descriptor = make()
        guard descriptor >= 0 else { return false }
        guard write(descriptor, bytes, bytes.count) == bytes.count, clinux_seal(descriptor) == 0 else {
            close(descriptor)
            return false
        }
        return store.add(descriptor, name: name)
    }

    /// Removes every descriptor of this name.
    package func remove(_ name: String) {
        store.remove(name: name)
    }

    /// Waits until systemd has been told of everything; bounded, at most a second.
    package func flush() {
        store.flush()
    }

    /// What a descriptor holds, its checksum included.
    package func read(_ descriptor: CInt) throws(StoredTokenError) -> Secret {
        guard clinux_is_sealed(descriptor) else { throw .notSealed }
        lseek(descriptor, 0, SEEK_SET)
        guard case .contents(let secret) = SecretReader.read(descriptor, limit: Self.limit) else { throw .damaged }
        return secret
    }
}
