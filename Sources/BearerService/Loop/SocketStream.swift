internal import Glibc

/// A connected stream socket on a ``ServingLoop``. What is sent goes out at the end of the turn; what the peer does not
/// take waits, and whoever sends sees how much that is.
final class SocketStream {
    private enum Ending {
        case none
        /// Shut the sending half down once everything is sent.
        case output
        /// Close once everything is sent.
        case all
    }

    let loop: ServingLoop
    private let descriptor: CInt
    private var unsent: [UInt8] = []
    private var sent = 0
    private var interest: Readiness = []
    private var isSending = false
    private var ending = Ending.none
    private var onSent: () -> Void = {}
    private var onBlocked: () -> Void = {}
    private var onClose: () -> Void = {}
    private(set) var isOpen = true

    /// Takes over a non-blocking socket.
    init(_ descriptor: CInt, on loop: ServingLoop) {
        self.descriptor = descriptor
        self.loop = loop
    }

    /// Bytes that the peer has not taken yet.
    var unsentCount: Int { unsent.count - sent }
    /// Of them, those of an earlier turn.
    var heldCount: Int { interest.contains(.output) ? unsentCount : 0 }
    /// Bytes that the peer has taken since it connected.
    private(set) var sentCount = 0

    /// - Parameters:
    ///   - onReady: keeps its owner alive until the stream is closed.
    ///   - onSent: called whenever everything is sent.
    ///   - onBlocked: called whenever the peer takes no more for now.
    ///   - onClose: called once, when the stream is closed by whomever.
    func start(
        readsInput: Bool, onReady: @escaping (Readiness) -> Void, onSent: @escaping () -> Void = {},
        onBlocked: @escaping () -> Void = {}, onClose: @escaping () -> Void
    ) {
        self.onSent = onSent
        self.onBlocked = onBlocked
        self.onClose = onClose
        interest = readsInput ? .input : []
        loop.watch(descriptor, for: interest, onReady)
    }

    /// While input is not read, only a peer that is gone shows.
    func readInput(_ reads: Bool) {
        setInterest(reads ? interest.union(.input) : interest.subtracting(.input))
    }

    func send(_ bytes: [UInt8]) {
        guard isOpen else { return }
        if unsent.isEmpty {
            unsent = bytes
        } else {
            unsent.removeSubrange(..<sent)
            sent = 0
            unsent += bytes
        }
        flushAtEndOfTurn()
    }

    /// Sends what the peer takes now.
    func flush() {
        isSending = false
        guard isOpen else { return }
        while sent < unsent.count {
            guard sendSome() else { return }
        }
        unsent = []
        sent = 0
        setInterest(interest.subtracting(.output))
        end()
        onSent()
    }

    /// The sending half ends when everything is sent.
    func shutDownOutputOnceSent() {
        ending = .output
        flushAtEndOfTurn()
    }

    /// Closing at once would drop what the peer has not taken yet.
    func closeOnceSent() {
        ending = .all
        flushAtEndOfTurn()
    }

    /// What came of a look for input.
    enum Received {
        case bytes
        case nothing
        /// The peer sends no more.
        case end
        /// The stream is closed.
        case failure
    }

    /// Lends what has come in, at most `most` bytes or 4 KiB.
    func receive(atMost most: Int = .max, _ body: (UnsafeRawBufferPointer) -> Void) -> Received {
        guard isOpen else { return .failure }
        let buffer = loop.input
        let count = recv(descriptor, buffer.baseAddress, min(most, buffer.count), CInt(MSG_DONTWAIT))
        if count > 0 {
            body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            return .bytes
        }
        if count == 0 { return .end }
        if errno == EAGAIN || errno == EINTR { return .nothing }
        close()
        return .failure
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        loop.forget(descriptor)
        Glibc.close(descriptor)
        unsent = []
        sent = 0
        let closed = onClose
        onClose = {}
        onSent = {}
        onBlocked = {}
        closed()
    }

    /// - Returns: false when nothing more can be sent for now.
    private func sendSome() -> Bool {
        let count = unsent.withUnsafeBytes { bytes in
            let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
            return Glibc.send(descriptor, rest.baseAddress, rest.count, CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL))
        }
        if count >= 0 {
            sent += count
            sentCount += count
            return true
        }
        switch errno {
        case EINTR: return true
        case EAGAIN:
            compact()
            setInterest(interest.union(.output))
            onBlocked()
        default: close()
        }
        return false
    }

    /// What waits takes no more memory than it has bytes; a large block stays as it is, since it may be shared by many.
    private func compact() {
        guard sent > 0, unsent.count <= Self.largestCopy else { return }
        unsent = Array(unsent[sent...])
        sent = 0
    }

    private static let largestCopy = 64 * 1024

    private func flushAtEndOfTurn() {
        guard isOpen, !isSending else { return }
        isSending = true
        loop.flushAtEndOfTurn(self)
    }

    private func end() {
        switch ending {
        case .none: break
        case .output:
            ending = .none
            shutdown(descriptor, CInt(SHUT_WR))
        case .all: close()
        }
    }

    private func setInterest(_ new: Readiness) {
        guard new != interest, isOpen else { return }
        interest = new
        loop.change(descriptor, to: new)
    }
}
