package import BearerCore
internal import Glibc

/// Reads an open file to its end into a ``Secret``, and wipes what it read through.
package enum SecretReader {
    package enum Outcome: Sendable, Equatable {
        case contents(Secret)
        /// There is more than the limit.
        case tooLarge
        /// read(2) failed with this `errno`.
        case failed(errno: Int32)
    }

    /// Reads at most `limit` bytes from the descriptor's offset on. Blocks on the disk.
    package static func read(_ descriptor: Int32, limit: Int) -> Outcome {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: limit + 1, alignment: 1)
        var count = 0
        defer {
            if let base = buffer.baseAddress { explicit_bzero(base, count) }
            buffer.deallocate()
        }
        while count < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            let added = Glibc.read(descriptor, rest.baseAddress, rest.count)
            if added < 0 && errno == EINTR { continue }
            if added < 0 { return .failed(errno: errno) }
            if added == 0 { break }
            count += added
        }
        return count <= limit ? .contents(Secret(buffer[..<count])) : .tooLarge
    }
}
