@testable import BearerLoop

/// Keeps what a stream tells it.
final class RecordingOwner: SocketStreamOwner, @unchecked Sendable {
    enum Call: Sendable {
        case readable, drained, blocked, goesOn, closed
    }

    let stream: SocketStream
    private(set) var calls: [Call] = []

    init(_ stream: SocketStream) {
        self.stream = stream
    }

    func streamIsReadable() {
        if calls.last != .readable { calls.append(.readable) }
        stream.readInput(false)
    }

    func streamIsDrained() { calls.append(.drained) }

    func streamIsBlocked() { calls.append(.blocked) }

    func streamGoesOn() { calls.append(.goesOn) }

    func streamClosed() { calls.append(.closed) }
}
