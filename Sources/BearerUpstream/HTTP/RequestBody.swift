internal import BearerCore
internal import NIOCore

/// A request's body in one piece, which records when the HTTP client fetches it.
///
/// The client does so once a connection stands and the head is written. Until then the server cannot have acted,
/// since a body announced by Content-Length is missing.
struct RequestBody: AsyncSequence, Sendable {
    let content: Secret
    let progress: ExchangeProgress

    struct Iterator: AsyncIteratorProtocol {
        var remaining: Secret?
        let progress: ExchangeProgress

        mutating func next() async -> ByteBuffer? {
            guard let content = remaining else { return nil }
            remaining = nil
            progress.markSent()
            return content.withBytes { ByteBuffer(bytes: $0) }
        }
    }

    func makeAsyncIterator() -> Iterator {
        Iterator(remaining: content, progress: progress)
    }
}
