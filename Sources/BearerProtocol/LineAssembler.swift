internal import BearerCore
internal import Glibc

/// Cuts what comes in from a peer into lines, within bounds.
///
/// Append a chunk, then take lines by ``next()`` until there is none; at the end of the input, ``finish()``. Holds at
/// most the limit and what was appended since ``next()`` last returned nil; append no more than a chunk in between.
package struct LineAssembler: ~Copyable, Sendable {
    package enum Line: Sendable, Equatable {
        /// A line without its ending, possibly empty (which is no request). Let go of it before the next append.
        case complete(ArraySlice<UInt8>)
        /// The line is longer than the limit; nothing further comes.
        case tooLarge
    }

    private let limit: Int
    private var buffer: [UInt8] = []
    /// Where the next line begins.
    private var start = 0
    /// How far there is no `\n` from `start` on.
    private var scanned = 0
    private var isTooLarge = false

    /// Bytes that an idle connection may keep allocated.
    private static let idleCapacity = 1024
    /// Bytes of a long line, unless the limit is beyond what is usual.
    private static let defaultLimit = 16 * 1024

    /// `limit` is in bytes before the ending, which is `\n` or `\r\n`.
    package init(limit: Int) {
        self.limit = limit
    }

    /// Bytes that are held; when ``next()`` has returned nil, those of an unfinished line.
    package var count: Int { buffer.count - start }

    /// Bytes of memory for that.
    package var allocated: Int { buffer.capacity }

    /// Takes a chunk.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard !isTooLarge else { return }
        dropConsumed()
        // A long line is given its room at once, rather than moved each time that it has doubled.
        let needed = buffer.count + bytes.count
        if needed > buffer.capacity {
            let room = buffer.count > Self.idleCapacity ? max(min(limit, Self.defaultLimit) + 2, 2 * buffer.count) : 0
            move(to: max(room, needed))
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next line, nil while it is unfinished. A line may be found too large before it is finished.
    package mutating func next() -> Line? {
        guard !isTooLarge else { return .tooLarge }
        guard let end = nextEnding() else {
            scanned = buffer.count
            dropConsumed()
            return isWithinLimit(end: buffer.count) ? nil : reject()
        }
        guard isWithinLimit(end: end) else { return reject() }
        return take(end: end, next: end + 1)
    }

    /// The last line if it is unfinished; nil if there is none. Only for when ``next()`` has returned nil.
    package mutating func finish() -> Line? {
        guard !isTooLarge else { return .tooLarge }
        return start < buffer.count ? take(end: buffer.count, next: buffer.count) : nil
    }

    /// Lets go of the lines that were taken, when the next one is not wanted before long.
    package mutating func dropTaken() {
        dropConsumed()
    }

    /// Lines may hold tokens that an API rejected: nothing is left of them where they were.
    private mutating func move(to capacity: Int) {
        var larger: [UInt8] = []
        larger.reserveCapacity(capacity)
        larger += buffer
        Secret.wipe(&buffer)
        buffer = larger
    }

    private func nextEnding() -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, scanned < bytes.count else { return nil }
            let ending = memchr(base + scanned, CInt(UInt8(ascii: "\n")), bytes.count - scanned)
            return ending.map { UnsafeRawPointer($0) - base }
        }
    }

    private mutating func take(end: Int, next: Int) -> Line {
        defer {
            start = next
            scanned = next
        }
        return .complete(buffer[start..<contentEnd(end)])
    }

    private mutating func reject() -> Line {
        isTooLarge = true
        buffer = []
        start = 0
        return .tooLarge
    }

    /// Where a line ends that has its `\n`, or the end of the input, at `end`.
    private func contentEnd(_ end: Int) -> Int {
        end > start && buffer[end - 1] == UInt8(ascii: "\r") ? end - 1 : end
    }

    private func isWithinLimit(end: Int) -> Bool {
        contentEnd(end) - start <= limit
    }

    private mutating func dropConsumed() {
        guard start > 0 else { return }
        buffer.withUnsafeMutableBytes { Secret.wipe(UnsafeMutableRawBufferPointer(rebasing: $0[..<start])) }
        if start == buffer.count {
            buffer.removeAll(keepingCapacity: buffer.capacity <= Self.idleCapacity)
        } else if buffer.capacity > Self.idleCapacity {
            // What is left of many lines must not keep the memory of all of them.
            buffer = Array(buffer[start...])
        } else {
            buffer.removeSubrange(..<start)
        }
        scanned -= start
        start = 0
    }
}
