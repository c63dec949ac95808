/// Bytes on their way to a peer: what was sent and is not taken yet.
struct OutputBuffer {
    private var bytes: [UInt8] = []
    private var taken = 0

    var count: Int { bytes.count - taken }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ new: [UInt8]) {
        if isEmpty {
            bytes = new
        } else {
            bytes.removeSubrange(..<taken)
            bytes += new
        }
        taken = 0
    }

    /// Lends what is left; `body` says how many bytes of it are taken, or -1.
    mutating func take(_ body: (UnsafeRawBufferPointer) -> Int) -> Int {
        let count = bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[taken...])) }
        taken += max(0, count)
        if isEmpty { removeAll() }
        return count
    }

    mutating func removeAll() {
        bytes = []
        taken = 0
    }

    /// What is left takes no more memory than it has bytes; a large block stays as it is, since it may be shared by many.
    mutating func compact() {
        guard taken > 0, bytes.count <= Self.largestCopy else { return }
        bytes = Array(bytes[taken...])
        taken = 0
    }

    private static let largestCopy = 64 * 1024
}
