internal import CLinux
internal import Glibc

/// A connected stream socket on a ``ServingLoop``. What is sent goes out at the end of the turn, or at once if it is alone;
/// what the peer does not take waits, and the sender sees how much that is.
///
/// What has come in, and what a stream goes on with later, is reported to its owner when it is the turn of its
/// ``StreamGroup``. Whatever was put off for the sake of a stream ends with it: its timers, its turn, its owner's calls.
package final class SocketStream {
    private enum Ending {
        case none
        /// Shut the sending half down once everything is sent.
        case output
        /// Close once everything is sent.
        case all
    }

    package let group: StreamGroup
    private let loop: ServingLoop
    private let descriptor: CInt
    @exclusivity(unchecked) private var output = OutputBuffer()
    private var interest: Readiness = []
    private var isSending = false
    /// It waits for its turn, for the sake of these events, or to go on.
    private var isReady = false
    private var events: Readiness = []
    private var goesOn = false
    /// Bytes that were sent since the kernel was last seen to keep next to nothing of them.
    @exclusivity(unchecked) private var sentUnseen = 0
    private var ending = Ending.none
    /// Kept alive until the stream is closed.
    private var owner: (any SocketStreamOwner)?
    private(set) var timers: [LoopTimer] = []
    @exclusivity(unchecked) package private(set) var isOpen = true

    /// Takes over a non-blocking socket, which nobody else holds.
    package init(_ descriptor: CInt, on loop: ServingLoop, in group: StreamGroup) {
        self.descriptor = descriptor
        self.loop = loop
        self.group = group
    }

    /// Bytes that the peer has not taken yet.
    package var unsentCount: Int { output.count }
    /// Of them, those of an earlier turn.
    package var heldCount: Int { interest.contains(.output) ? unsentCount : 0 }
    /// The peer once did not take what it was sent, or others have the room for much: the kernel keeps little for it from
    /// now on.
    @exclusivity(unchecked) package private(set) var isSlow = false
    /// Bytes that the peer has taken since it connected.
    @exclusivity(unchecked) package private(set) var sentCount = 0

    /// Begins to serve `owner`. While nothing is read, only a peer that is gone shows.
    ///
    /// - Throws: when the kernel cannot watch the socket; it is closed then, and `owner` hears nothing.
    package func start(readsInput: Bool, for owner: any SocketStreamOwner) throws(LoopError) {
        interest = readsInput ? .input : []
        do {
            try loop.watch(descriptor, for: interest) { [self] in becameReady($0) }
        } catch {
            close()
            throw error
        }
        self.owner = owner
        // A client that has connected has mostly sent something by now.
        if readsInput { becameReady(.input) }
    }

    /// While input is not read, only a peer that is gone shows.
    package func readInput(_ reads: Bool) {
        setInterest(reads ? interest.union(.input) : interest.subtracting(.input))
    }

    package func send(_ bytes: [UInt8]) {
        guard isOpen else { return }
        output.append(bytes)
        flushAtEndOfTurn()
    }

    package func send(_ bytes: UnsafeRawBufferPointer) {
        guard isOpen else { return }
        output.append(bytes)
        flushAtEndOfTurn()
    }

    /// Sends at once, without a copy of what the peer takes now: for a reply that is alone.
    package func sendAlone(_ bytes: [UInt8]) {
        guard isOpen, output.isEmpty else { return send(bytes) }
        seeToKernelMemory(beforeSending: bytes.count)
        bytes.withUnsafeBytes { bytes in
            let count = max(0, transmit(bytes))
            // If there was an error, the end of the turn meets it again.
            if count < bytes.count { send(UnsafeRawBufferPointer(rebasing: bytes[count...])) }
        }
    }

    /// Sends before the turn ends what the peer takes now: for an owner that has much to say.
    ///
    /// - Returns: whether the peer has taken everything.
    package func sendNow() -> Bool {
        while !output.isEmpty {
            guard sendSome() else { return false }
        }
        return isOpen
    }

    /// The sending half ends when everything is sent.
    package func shutDownOutputOnceSent() {
        ending = .output
        flushAtEndOfTurn()
    }

    /// Closing at once would drop what was sent in this turn, and what the peer has not taken yet.
    package func closeOnceSent() {
        guard unsentCount > 0 else { return close() }
        ending = .all
        flushAtEndOfTurn()
    }

    /// Has ``SocketStreamOwner/streamGoesOn()`` called once, when it is this stream's turn again: for an owner that has
    /// more to do than its share of a turn.
    package func goOnLater() {
        guard isOpen else { return }
        goesOn = true
        waitForTurn()
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
            let received = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
            body(UnsafeRawBufferPointer(received))
            // It may be a token that an API rejected.
            if count > Self.maximumHarmless, let start = received.baseAddress { explicit_bzero(start, count) }
            return .bytes
        }
        if count == 0 { return .end }
        if errno == EAGAIN || errno == EINTR { return .nothing }
        close()
        return .failure
    }

    private static let maximumHarmless = 64

    package func close() {
        guard isOpen else { return }
        isOpen = false
        loop.close(descriptor)
        output.removeAll()
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
        guard isOpen, sendNow() else { return }
        setInterest(interest.subtracting(.output))
        if isOpen { end() }
        owner?.streamIsDrained()
    }

    /// It is this stream's turn.
    func takeTurn() {
        let events = events
        let goesOn = goesOn
        (self.events, self.goesOn, isReady) = ([], false, false)
        guard isOpen else { return }
        if events.contains(.output) { flush() }
        if events.contains(.input) {
            // What comes while nothing is read is reported again once something is.
            if interest.contains(.input) { owner?.streamIsReadable() }
        } else if !events.isDisjoint(with: [.hangUp, .error]) {
            close()
        }
        if goesOn { owner?.streamGoesOn() }
    }

    private func becameReady(_ new: Readiness) {
        events.formUnion(new)
        waitForTurn()
    }

    private func waitForTurn() {
        guard !isReady else { return }
        isReady = true
        loop.waitForTurn(self)
    }

    /// Whether the peer has taken what it was sent, but for a little.
    var isTaken: Bool { keptByKernel <= Self.littleKept }

    /// Bytes of memory.
    var keptByKernel: Int { Int(clinux_kept_for_peer(descriptor)) }

    /// What the kernel keeps for the peer is charged to our cgroup, with what the kernel needs itself to keep it. A little
    /// is kept for everybody; more only for a few at a time, and only for peers that take what they are sent. A peer that
    /// asks now and then costs hardly a system call for that.
    private func seeToKernelMemory(beforeSending count: Int) {
        guard !isSlow, sentUnseen + count > Self.littleKept else { return }
        guard isTaken else { return slowDown() }
        sentUnseen = 0
        if count > Self.littleKept, !loop.mayKeepMuch(for: self) { slowDown() }
    }

    private func slowDown() {
        isSlow = true
        var bytes = Self.slowBuffer
        setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &bytes, socklen_t(MemoryLayout<CInt>.size))
    }

    /// Bytes.
    private static let littleKept = 4096
    /// SO_SNDBUF, see socket(7). The kernel doubles it, for its own needs.
    private static let slowBuffer: CInt = 4096

    /// - Returns: false when nothing more can be sent for now.
    private func sendSome() -> Bool {
        seeToKernelMemory(beforeSending: unsentCount)
        let count = output.take { transmit($0) }
        if count >= 0 { return true }
        switch errno {
        case EINTR: return true
        case EAGAIN:
            if !isSlow { slowDown() }
            output.compact()
            setInterest(interest.union(.output))
            owner?.streamIsNotWritable()
        default: close()
        }
        return false
    }

    /// - Returns: how many bytes the peer has taken, or -1 with an error in `errno`.
    private func transmit(_ bytes: UnsafeRawBufferPointer) -> Int {
        let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL))
        if count > 0 {
            sentCount += count
            sentUnseen += count
        }
        return count
    }

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

/// The owner of a ``SocketStream``. Called on the loop's thread, and never after ``streamClosed()``.
package protocol SocketStreamOwner: AnyObject {
    /// Something has come in, or will not come any more: see ``SocketStream/receive(atMost:_:)``.
    func streamIsReadable()
    /// The peer has taken everything that was sent.
    func streamIsDrained()
    /// The peer takes no more for now.
    func streamIsNotWritable()
    /// The turn that ``SocketStream/goOnLater()`` asked for has come.
    func streamGoesOn()
    /// The stream was closed, by whomever; the last call.
    func streamClosed()
}
