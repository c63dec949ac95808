package import BearerState
package import BearerSystemd
internal import CLinux
internal import Glibc
internal import Synchronization

/// Keeps the descriptors that are stored, by name, as the file descriptor store of systemd does.
package final class TestStore: Sendable {
    private let kept = Mutex<[(name: String, descriptor: CInt)]>([])
    private let removed = Mutex<[String]>([])
    private let isOutOfDescriptors = Mutex(false)
    private let isOff = Mutex(false)

    package init() {}

    deinit {
        for entry in kept.withLock({ $0 }) { close(entry.descriptor) }
    }

    package var names: [String] { kept.withLock { $0.map(\.name) } }

    package var removals: [String] { removed.withLock { $0 } }

    package var store: TokenStore { store(bootID: BootID.current()) }

    package func store(bootID: String?) -> TokenStore { TokenStore(files, bootID: bootID) }

    package var unsaved: UnsavedStore { UnsavedStore(files) }

    package var failedStart: FailedStartStore { FailedStartStore(files) }

    private var files: SealedFiles {
        // $NOTIFY_SOCKET is not set in tests.
        if isOff.withLock({ $0 }) { return SealedFiles(store: DescriptorStore()) }
        return SealedFiles(
            store: DescriptorStore { [self] operation in
                switch operation {
                case .add(let descriptor, let name): add(descriptor, name: name)
                case .remove(let name): remove(name)
                }
            }, make: { [self] in isOutOfDescriptors.withLock { $0 } ? -1 : clinux_memfd("bearerd-test") })
    }

    /// A host without systemd.
    package static func off() -> TestStore {
        let store = TestStore()
        store.isOff.withLock { $0 = true }
        return store
    }

    /// From now on the kernel has no memfd for the daemon, or has them again.
    package func setOutOfDescriptors(_ isOut: Bool) {
        isOutOfDescriptors.withLock { $0 = isOut }
    }

    /// Copies of what is kept, as a new process is given them.
    package func handOver() -> [ListenDescriptor] {
        kept.withLock { $0.map { ListenDescriptor(name: $0.name, descriptor: dup($0.descriptor)) } }
    }

    /// A sealed memfd of `bytes`; the caller closes it.
    package func sealedFile(_ bytes: [UInt8]) -> CInt? {
        let descriptor = clinux_memfd("bearerd-test")
        guard write(descriptor, bytes, bytes.count) == bytes.count, clinux_seal(descriptor) == 0 else { return nil }
        return descriptor
    }

    package func add(_ descriptor: CInt, name: String) {
        kept.withLock { $0.append((name, dup(descriptor))) }
    }

    private func remove(_ name: String) {
        removed.withLock { $0.append(name) }
        kept.withLock { kept in
            for entry in kept where entry.name == name { close(entry.descriptor) }
            kept.removeAll { $0.name == name }
        }
    }
}
