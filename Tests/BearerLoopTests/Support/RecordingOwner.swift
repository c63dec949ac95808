@testable import BearerLoop

/// Keeps what a stream tells it, without the look for input that every stream begins with.
final class RecordingOwner: SocketStreamOwner, @unchecked Sendable {
    enum Call: Sendable {
        case readable, drained, blocked, goesOn, closed
    }

    let stream: SocketStream
    private(set) var calls: [Call] = []
    private var hasLooked = false

    init(_ stream: SocketStream) {
        self.stream = stream
    }

    func streamIsReadable() {
        defer { hasLooked = true }
        guard hasLooked else { return }
        if calls.last != .readable { calls.append(.readable) }
        stream.readInput(false)
    }

    func streamIsDrained() { calls.append(.drained) }

    func streamIsNotWritable() { calls.append(.blocked) }

    func streamGoesOn() { calls.append(.goesOn) }

    func streamClosed() { calls.append(.closed) }
}
