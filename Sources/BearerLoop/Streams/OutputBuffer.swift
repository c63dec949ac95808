internal import Glibc

/// Bytes on their way to a peer: what was sent and is not taken yet. They may be a token: the memory is wiped before it is
/// given back.
struct OutputBuffer: ~Copyable {
    private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var end = 0
    private var taken = 0
    /// Bytes of ``memory`` that hold something, or did: they are wiped.
    private var written = 0
    /// In place of ``memory``: a large block, which many may share.
    private var block: [UInt8]?

    deinit {
        free()
    }

    var count: Int { (block?.count ?? end) - taken }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ new: [UInt8]) {
        if isEmpty, new.count > Self.maximumCopy {
            removeAll()
            block = new
        } else {
            new.withUnsafeBytes { append($0) }
        }
    }

    mutating func append(_ new: UnsafeRawBufferPointer) {
        if let block { leave(block) }
        guard let source = new.baseAddress else { return }
        makeRoom(for: new.count)
        memory.baseAddress.map { _ = memcpy($0 + end, source, new.count) }
        end += new.count
        written = max(written, end)
    }

    /// Lends what is left; `body` says how many bytes of it are taken, or -1.
    mutating func take(_ body: (UnsafeRawBufferPointer) -> Int) -> Int {
        let count =
            block?.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[taken...])) }
            ?? body(UnsafeRawBufferPointer(rebasing: memory[taken..<end]))
        taken += max(0, count)
        if isEmpty { removeAll() }
        return count
    }

    mutating func removeAll() {
        free()
        memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        (end, taken, written, block) = (0, 0, 0, nil)
    }

    /// What is left takes no more memory than it has bytes.
    mutating func compact() {
        guard block == nil, taken > 0 else { return }
        moveDown()
        resize(to: end)
    }

    private static let maximumCopy = 64 * 1024

    private mutating func leave(_ block: [UInt8]) {
        let first = taken
        removeAll()
        block.withUnsafeBytes { append(UnsafeRawBufferPointer(rebasing: $0[first...])) }
    }

    private mutating func makeRoom(for count: Int) {
        guard memory.count - end < count else { return }
        moveDown()
        if memory.count - end < count { resize(to: max(end + count, 4 * memory.count)) }
    }

    private mutating func moveDown() {
        guard taken > 0, let base = memory.baseAddress else { return }
        memmove(base, base + taken, end - taken)
        (end, taken) = (end - taken, 0)
    }

    private mutating func resize(to size: Int) {
        guard let larger = malloc(size) else { preconditionFailure("no memory for \(size) bytes") }
        if let base = memory.baseAddress { memcpy(larger, base, end) }
        free()
        memory = UnsafeMutableRawBufferPointer(start: larger, count: size)
        written = end
    }

    private func free() {
        guard let base = memory.baseAddress else { return }
        explicit_bzero(base, written)
        Glibc.free(base)
    }
}
