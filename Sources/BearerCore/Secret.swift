internal import Glibc

/// Bytes that must never be seen: an access token, a client secret, a software statement.
///
/// Prints as `<redacted>` however it is printed, is not `Codable`, and compares in constant time for equal lengths.
/// Copies share one storage, which is wiped when the last of them goes.
package struct Secret: Sendable {
    private let storage: SecretStorage

    /// Copies `bytes`; wiping the original is the caller's concern.
    package init(_ bytes: some Collection<UInt8>) {
        // A collection that computes its bytes is walked one by one; where they lie side by side they are copied at once.
        storage =
            bytes.withContiguousStorageIfAvailable { SecretStorage(copying: UnsafeRawBufferPointer($0)) }
            ?? SecretStorage(copying: bytes)
    }

    /// Copies the UTF-8 of `text`.
    package init(_ text: String) {
        self.init(text.utf8)
    }

    /// Copies `bytes` and wipes them. They must not be shared with another array.
    package init(wiping bytes: inout [UInt8]) {
        storage = bytes.withUnsafeBytes { SecretStorage(copying: $0) }
        Self.wipe(&bytes)
    }

    /// Overwrites `bytes`, which must not be shared with another array.
    package static func wipe(_ bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { wipe($0) }
    }

    /// Overwrites `bytes`. Glibc is imported for `explicit_bzero` alone, which the optimizer may not remove.
    package static func wipe(_ bytes: UnsafeMutableRawBufferPointer) {
        if let base = bytes.baseAddress { explicit_bzero(base, bytes.count) }
    }

    /// The number of bytes.
    package var count: Int { storage.bytes.count }

    package var isEmpty: Bool { storage.bytes.isEmpty }

    /// Lends the bytes for the time of `body`. They must not leave it other than towards their one destination.
    package func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(storage.bytes))
    }
}

extension Secret: Equatable {
    package static func == (left: Secret, right: Secret) -> Bool {
        guard left.count == right.count else { return false }
        return left.withBytes { a in
            right.withBytes { b in
                var difference: UInt8 = 0
                for index in 0..<a.count { difference |= a[index] ^ b[index] }
                return difference == 0
            }
        }
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The memory behind a ``Secret``: written once, wiped at the end.
///
/// `@unchecked Sendable` because the memory is written in the initializer only and freed in the deinitializer.
private final class SecretStorage: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer

    init(copying source: some Collection<UInt8>) {
        bytes = .allocate(byteCount: source.count, alignment: 1)
        bytes.copyBytes(from: source)
    }

    deinit {
        Secret.wipe(bytes)
        bytes.deallocate()
    }
}
