internal import BearerCore
internal import Glibc

/// The body of a reply while it arrives, in memory that is wiped at the end; and how long the head is.
final class ReplyBuffer {
    /// All lines before the body together, those of interim replies (1xx) among them, in bytes.
    static let headLimit = 65_536

    private let bytes: UnsafeMutableRawBufferPointer
    private var count = 0
    private var headCount = 0
    private(set) var isBodyTooLong = false
    var isHeadTooLong: Bool { headCount > Self.headLimit }

    init(bodyLimit: Int) {
        bytes = .allocate(byteCount: bodyLimit, alignment: 1)
    }

    deinit {
        if let base = bytes.baseAddress { explicit_bzero(base, count) }
        bytes.deallocate()
    }

    var body: Secret { Secret(UnsafeRawBufferPointer(rebasing: bytes[..<count])) }

    /// False when there is too much of it.
    func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        headCount += line.count
        return !isHeadTooLong
    }

    /// False when there is too much of it.
    func takeBody(_ piece: UnsafeRawBufferPointer) -> Bool {
        guard piece.count <= bytes.count - count else {
            isBodyTooLong = true
            return false
        }
        UnsafeMutableRawBufferPointer(rebasing: bytes[count...]).copyBytes(from: piece)
        count += piece.count
        return true
    }
}
