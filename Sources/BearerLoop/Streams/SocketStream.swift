internal import Glibc

/// A connected stream socket on a ``ServingLoop``. What is sent goes out at the end of the turn; what the peer does not
/// take waits, and whoever sends sees how much that is.
///
/// Whatever was put off for the sake of a stream ends with it: its timers, its place among those that go on later, its
/// owner's calls.
package final class SocketStream {
    private enum Ending {
        case none
        /// Shut the sending half down once everything is sent.
        case output
        /// Close once everything is sent.
        case all
    }

    private let loop: ServingLoop
    private let descriptor: CInt
    private var unsent: [UInt8] = []
    private var sent = 0
    private var interest: Readiness = []
    private var isSending = false
    private var isGoingOnLater = false
    private var ending = Ending.none
    /// Kept alive until the stream is closed.
    private var owner: (any SocketStreamOwner)?
    private(set) var timers: [LoopTimer] = []
    package private(set) var isOpen = true

    /// Takes over a non-blocking socket.
    package init(_ descriptor: CInt, on loop: ServingLoop) {
        self.descriptor = descriptor
        self.loop = loop
    }

    /// Bytes that the peer has not taken yet.
    package var unsentCount: Int { unsent.count - sent }
    /// Of them, those of an earlier turn.
    package var heldCount: Int { interest.contains(.output) ? unsentCount : 0 }
    /// Bytes that the peer has taken since it connected.
    package private(set) var sentCount = 0

    /// Begins to serve `owner`. While nothing is read, only a peer that is gone shows.
    ///
    /// - Throws: when the kernel cannot watch the socket; it is closed then, and `owner` hears nothing.
    package func start(readsInput: Bool, for owner: any SocketStreamOwner) throws(LoopError) {
        interest = readsInput ? .input : []
        do {
            try loop.watch(descriptor, for: interest) { [self] in ready($0) }
        } catch {
            close()
            throw error
        }
        self.owner = owner
    }

    /// While input is not read, only a peer that is gone shows.
    package func readInput(_ reads: Bool) {
        setInterest(reads ? interest.union(.input) : interest.subtracting(.input))
    }

    package func send(_ bytes: [UInt8]) {
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

    /// The sending half ends when everything is sent.
    package func shutDownOutputOnceSent() {
        ending = .output
        flushAtEndOfTurn()
    }

    /// Closing at once would drop what the peer has not taken yet.
    package func closeOnceSent() {
        ending = .all
        flushAtEndOfTurn()
    }

    /// Has ``SocketStreamOwner/streamGoesOn()`` called once, after everybody who is ready now: for an owner that has more
    /// to do than its share of a turn.
    package func goOnLater() {
        guard isOpen, !isGoingOnLater else { return }
        isGoingOnLater = true
        loop.goOnLater(self)
    }

    /// Calls `body` after `delay`, unless the stream is closed before.
    @discardableResult
    package func schedule(after delay: Duration, _ body: @escaping () -> Void) -> LoopTimer? {
        guard isOpen else { return nil }
        var fired: LoopTimer?
        let timer = loop.schedule(after: delay) { [self] in
            timers.removeAll { $0 == fired }
            body()
        }
        fired = timer
        timers.append(timer)
        return timer
    }

    package func cancel(_ timer: LoopTimer) {
        timers.removeAll { $0 == timer }
        loop.cancel(timer)
    }

    /// What came of a look for input.
    package enum Received {
        case bytes
        case nothing
        /// The peer sends no more.
        case end
        /// The stream is closed.
        case failure
    }

    /// Lends what has come in, at most `most` bytes or 4 KiB.
    package func receive(atMost most: Int = .max, _ body: (UnsafeRawBufferPointer) -> Void) -> Received {
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

    package func close() {
        guard isOpen else { return }
        isOpen = false
        loop.forget(descriptor)
        Glibc.close(descriptor)
        unsent = []
        sent = 0
        for timer in timers { loop.cancel(timer) }
        timers = []
        let closed = owner
        owner = nil
        closed?.streamClosed()
    }

    // MARK: Called by the loop

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
        if isOpen { end() }
        owner?.streamIsDrained()
    }

    func goOn() {
        isGoingOnLater = false
        owner?.streamGoesOn()
    }

    private func ready(_ events: Readiness) {
        if events.contains(.output) { flush() }
        if events.contains(.input) {
            owner?.streamIsReadable()
        } else if !events.isDisjoint(with: [.hangUp, .error]) {
            close()
        }
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
            owner?.streamIsBlocked()
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

    /// A socket that the kernel watches no longer as it should would never be heard of again: it is closed.
    private func setInterest(_ new: Readiness) {
        guard new != interest, isOpen else { return }
        interest = new
        do {
            try loop.change(descriptor, to: new)
        } catch {
            close()
        }
    }
}
