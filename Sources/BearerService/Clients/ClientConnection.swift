internal import BearerCore
internal import BearerLoop
internal import BearerProtocol

/// One connection of a client: lines in, replies out, in order.
///
/// A token in memory is answered within the read that asks for it. While a request waits, nothing more is read; while
/// the client does not take its replies, nothing more is answered: what a client can make us hold is bounded. Of
/// many lines that come at once, a few are answered per turn.
///
/// It lives on the loop.
final class ClientConnection {
    private enum State {
        case serving
        /// A request of that many bytes waits for its reply.
        case waiting(bytes: Int, cancel: () -> Void)
        /// A long reply goes out piece by piece.
        case replying(bytes: Int, rest: () -> ReplyPiece)
        /// The connection belongs to a `watch`.
        case watching(bytes: Int, cancel: () -> Void)
        /// A last error was said; what still comes in is thrown away, so that the client can read it.
        case closing
        case closed
    }

    private let registry: ClientRegistry
    private let handler: any RequestHandler
    let peer: Peer
    private var peerGroups: PeerGroups
    private let limits: ConnectionLimits
    private let stream: SocketStream
    @exclusivity(unchecked) private var lines: LineAssembler
    private let requests = RepeatedRequest()
    private var state = State.serving
    private var hasInputEnded = false
    /// The daemon stops: lines that have arrived whole are answered, an unfinished one is not.
    private var isStopping = false
    /// Lines may be left that are not answered before the client takes what it was sent and others had their turn.
    private var isHeldBack = false
    /// How many lines are answered before that.
    private var share = ConnectionLimits.linesATurn
    private var lineTimer: LoopTimer?
    private lazy var backlog = WatchBacklog()
    /// What ``ClientBuffers`` knows.
    private var countedBytes = 0

    init(
        _ stream: SocketStream, peer: Peer, groups: PeerGroups, _ registry: ClientRegistry,
        _ handler: any RequestHandler
    ) {
        self.stream = stream
        self.registry = registry
        self.handler = handler
        self.peer = peer
        peerGroups = groups
        limits = registry.limits
        self.lines = LineAssembler(limit: limits.requestBytes)
    }

    /// Begins to serve. The stream keeps the connection until it is closed.
    ///
    /// - Throws: when the kernel cannot watch the socket; it is closed then.
    func start() throws(LoopError) {
        try stream.start(readsInput: true, for: self)
        switch registry.admit(self) {
        case .served: break
        case .rejected(let reason, let lingers):
            closeWithError(reason)
            if !lingers { stream.closeOnceSent() }
        }
    }

    /// Where its user's streams wait for their turns.
    var group: StreamGroup { stream.group }

    /// The reply to the request that waited.
    func deliver(_ line: [UInt8]) {
        deliver { $0.send(line) }
    }

    /// The same for a reply that holds a secret.
    func deliver(_ line: Secret) {
        deliver { stream in line.withBytes { stream.send($0) } }
    }

    private func deliver(_ send: (SocketStream) -> Void) {
        guard case .waiting = state else { return }
        state = .serving
        send(stream)
        // In a turn of its own: whoever answers many clients meets none of their next requests meanwhile.
        stream.goOnLater()
    }

    /// Sends a line to a client that watches; while it does not read, only the newest line is kept.
    func publish(_ line: [UInt8]) {
        guard case .watching = state else { return }
        if stream.unsentCount == 0 { stream.send(line) } else { backlog.hold(line, for: stream) }
    }

    /// Whether the peer is one of those whom `policy` names.
    func isAllowed(by policy: AccessPolicy?) -> Bool {
        policy?.allows(peer) { stream.isOpen ? peerGroups.among(registry.namedGroups) : [] } ?? true
    }

    /// Says a last error and closes, after the client had a chance to read it.
    func closeWithError(_ error: ErrorReply, id: RequestID? = nil) {
        guard stream.isOpen else { return }
        let cancel = cancellation
        state = .closing
        cancel?()
        cancelLineTimer()
        stream.send(error.line(id: id))
        if hasInputEnded { return stream.closeOnceSent() }
        stream.shutDownOutputOnceSent()
        stream.readInput(true)
        stream.schedule(after: ConnectionLimits.lastRead) { [stream] in stream.close() }
    }

    /// The daemon stops: answers the lines that have arrived whole, then closes.
    func end() {
        if case .watching = state { return stream.close() }
        isStopping = true
        share = .max
        serve()
    }

    func cut() {
        stream.close()
    }

    private var cancellation: (() -> Void)? {
        switch state {
        case .waiting(_, let cancel), .watching(_, let cancel): cancel
        case .serving, .replying, .closing, .closed: nil
        }
    }

    /// Bytes of the request that waits, watches, or is answered in pieces.
    private var requestBytes: Int {
        switch state {
        case .waiting(let bytes, _), .replying(let bytes, _), .watching(let bytes, _): bytes
        case .serving, .closing, .closed: 0
        }
    }

    private var isServing: Bool {
        if case .serving = state { true } else { false }
    }

    private var isReplying: Bool {
        if case .replying = state { true } else { false }
    }

    private var isTakingReplies: Bool {
        let unsent = stream.unsentCount
        guard unsent > 0 else { return true }
        return unsent < (stream.isSlow ? ConnectionLimits.unsentBytesOfSlowClient : ConnectionLimits.unsentBytes)
    }

    /// A client that sends many lines at once and takes the replies is answered on.
    private func sendsNow() -> Bool {
        guard isServing, !isTakingReplies else { return false }
        return stream.sendNow()
    }

    private var takesLines: Bool {
        switch state {
        case .serving: isTakingReplies
        case .watching: true
        case .waiting, .replying, .closing, .closed: false
        }
    }

    private func sendPiece() {
        guard case .replying(_, let rest) = state else { return }
        let piece = rest()
        stream.send(piece.bytes)
        guard piece.isLast else { return }
        state = .serving
        serve()
    }

    /// Takes in what has come, or that nothing more will; false when there is neither, or all of it is answered.
    private func takeIn() -> Bool {
        var isAnswered = false
        let received =
            if case .closing = state { stream.receive { _ in } } else {
                stream.receive(
                    atMost: lines.count < ConnectionLimits.requestPiece ? ConnectionLimits.requestPiece : .max
                ) { bytes in
                    isAnswered = answerAgain(bytes)
                    if !isAnswered { lines.append(bytes) }
                }
            }
        if isAnswered { return false }
        switch received {
        case .bytes: return true
        case .end:
            hasInputEnded = true
            if case .closing = state {
                stream.closeOnceSent()
                stream.readInput(false)
            }
            return true
        case .nothing, .failure: return false
        }
    }

    /// Answers a single whole line that was answered before, when nothing has changed since.
    private func answerAgain(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard lines.count == 0, isServing, takesLines, bytes.last == UInt8(ascii: "\n") else { return false }
        let line = UnsafeRawBufferPointer(rebasing: bytes.dropLast())
        guard let reply = requests.reply(to: line, at: registry.now) else { return false }
        stream.sendAlone(reply)
        return true
    }

    /// Reads while lines are answered, and while a last error waits to be read.
    private func updateReading() {
        if case .closing = state { return }
        stream.readInput(takesLines && !isHeldBack && !hasInputEnded && !isStopping)
    }

    /// Answers the lines that have come, until one waits, the client does not take its replies, or its share is used up.
    private func serve() {
        var left = share
        var areExhausted = false
        while takesLines || sendsNow(), stream.isOpen, left > 0 {
            guard let line = lines.next() ?? lastLine() else {
                if isStopping, !hasInputEnded, takeIn() { continue }
                linesExhausted()
                areExhausted = true
                break
            }
            cancelLineTimer()
            left -= answer(line)
        }
        isHeldBack = !areExhausted && isServing
        // The rest of a line is not waited for while it is not read.
        if isHeldBack { cancelLineTimer() }
        countBytes()
        updateReading()
    }

    /// Tells the registry what we hold for this client at the end of a turn; the registry may cut the connection.
    private func countBytes() {
        if cancellation != nil { lines.dropTaken() }
        let bytes = lines.allocated + requestBytes + stream.heldCount
        let free = if case .waiting = state { ClientBuffers.freeWhileWaiting } else { ClientBuffers.free }
        let counted = bytes > free ? bytes : 0
        guard counted != countedBytes, stream.isOpen else { return }
        countedBytes = counted
        registry.holds(counted, for: self)
    }

    /// At the end of the input, an unfinished line counts as one.
    private func lastLine() -> LineAssembler.Line? {
        hasInputEnded ? lines.finish() : nil
    }

    private func linesExhausted() {
        if hasInputEnded || isStopping {
            if isServing { stream.closeOnceSent() }
        } else if lines.count > 0, lineTimer == nil {
            lineTimer = stream.schedule(after: limits.lineTimeout) { [self] in lineTimedOut() }
        }
    }

    /// - Returns: as how many lines it counts.
    private func answer(_ line: LineAssembler.Line) -> Int {
        if isServing, case .complete(let bytes) = line,
            let reply = bytes.withUnsafeBytes({ requests.reply(to: $0, at: registry.now) })
        {
            send(reply)
            return 1
        }
        answerNew(line)
        return ConnectionLimits.newLine
    }

    private func answerNew(_ line: LineAssembler.Line) {
        guard case .complete(let bytes) = line else {
            return closeWithError(ErrorReply(.requestTooLarge, "a request has at most \(limits.requestBytes) bytes"))
        }
        if case .watching = state {
            return closeWithError(ErrorReply(.invalidRequest, "a connection that watches takes no further request"))
        }
        do throws(RequestError) {
            answer(try requests.read(bytes))
        } catch {
            stream.send(error.reply.line(id: error.id))
        }
    }

    private func answer(_ request: Request) {
        guard peerGroups.find(among: registry.namedGroups) else { return lookUpGroups(for: request) }
        switch handler.answer(request, from: self) {
        case .reply(let line): send(line)
        case .repeatable(let line, let token):
            requests.remember(token)
            send(line)
        case .inPieces(let first, let rest):
            stream.send(first)
            state = .replying(bytes: request.heldBytes, rest: rest)
        case .later(let cancel):
            state = .waiting(bytes: request.heldBytes, cancel: cancel)
        case .watching(let first, let cancel):
            state = .watching(bytes: request.heldBytes, cancel: cancel)
            if let first { stream.send(first) }
            if isStopping { stream.closeOnceSent() }
        }
    }

    /// Replies to several lines go out together.
    private func send(_ reply: [UInt8]) {
        if lines.count == 0 { stream.sendAlone(reply) } else { stream.send(reply) }
    }

    /// Answers once it is known in which groups the client is.
    private func lookUpGroups(for request: Request) {
        let named = registry.namedGroups
        let cancel = registry.groupsLookup.find(for: peer.uid, peerGroups.inquiry(among: named)) { [self] groups in
            peerGroups.set(groups, among: named)
            state = .serving
            answer(request)
            stream.goOnLater()
        }
        state = .waiting(bytes: request.heldBytes, cancel: cancel)
    }

    private func lineTimedOut() {
        lineTimer = nil
        let seconds = limits.lineTimeout.components.seconds
        closeWithError(ErrorReply(.invalidRequest, "the line was not finished within \(seconds) s of its first byte"))
    }

    private func cancelLineTimer() {
        guard let timer = lineTimer else { return }
        stream.cancel(timer)
        lineTimer = nil
    }
}

extension ClientConnection: SocketStreamOwner {
    /// Reads on while a line is unfinished: one that has arrived whole is not held for longer than this.
    func streamIsReadable() {
        for _ in 0..<ConnectionLimits.requestPieces {
            guard takeIn() else { return }
            serve()
            guard !hasInputEnded, lines.count > 0, takesLines, !isHeldBack else { return }
        }
    }

    /// What was held back goes on.
    func streamIsDrained() {
        countBytes()
        if case .watching = state, let line = backlog.take(for: stream) { line.withBytes { stream.send($0) } }
        if isReplying || isHeldBack { stream.goOnLater() }
    }

    func streamIsNotWritable() {
        countBytes()
        if case .watching = state { backlog.expectProgress(of: stream) }
    }

    func streamGoesOn() {
        if isReplying { sendPiece() } else { serve() }
    }

    func streamClosed() {
        let cancel = cancellation
        state = .closed
        cancel?()
        registry.closed(self)
    }
}
