internal import CLinux
internal import Glibc

/// Accepts connections on a listening socket. It lives on the loop's thread.
package final class Listener {
    /// The most that are accepted in one turn, so that those who are connected are served in between.
    private static let maximumPerTurn: CInt = 8
    /// When there is no descriptor, memory or watch for another connection, accepting rests for this long.
    private static let rest = Duration.seconds(1)
    /// Connections that may wait to be accepted.
    private static let backlog: CInt = 4096
    /// The same during a flood: the newest waits for all before it, and so for a few milliseconds at most. A client that
    /// connects meanwhile waits in connect(2), or is told to come back.
    private static let backlogInFlood: CInt = 128
    /// It is a flood after this many turns in which as many were accepted as may be, and over once nobody has waited for this
    /// long.
    private static let turnsOfFlood: CInt = 16
    private static let floodIsOver = Duration.seconds(1)
    /// Descriptors that connections leave to what must go on without them: exchanges upstream, state files, the journal.
    package static let spare = 64

    private let descriptor: CInt
    private let loop: ServingLoop
    private let onConnection: (CInt) throws(LoopError) -> Void
    private let onShortage: (LoopError) -> Void
    private var isShort = false
    private var hasRested = false
    private var isOpen = true
    /// The descriptor of the newest connection.
    private var newest: CInt = 0
    /// Descriptors that there may be with a connection more, when that was last looked at.
    private var most: CInt = 0
    /// Turns one after the other in which every look found a connection.
    private var turnsInARow: CInt = 0
    private var lastTurn: UInt64 = 0
    /// When connections last waited in a flood; `nil`: there is none.
    private var floodSeen: Duration?

    /// Takes over a bound stream socket.
    ///
    /// - Parameters:
    ///   - onConnection: takes over a non-blocking socket; throws, once the socket is closed, when it cannot be watched.
    ///   - onShortage: told when nothing can be accepted for want of descriptors, memory or watches, and not again before
    ///     everybody who waited has been accepted.
    package init(
        _ descriptor: CInt, on loop: ServingLoop, onShortage: @escaping (LoopError) -> Void,
        onConnection: @escaping (CInt) throws(LoopError) -> Void
    ) {
        self.descriptor = descriptor
        self.loop = loop
        self.onShortage = onShortage
        self.onConnection = onConnection
    }

    /// Starts to accept.
    ///
    /// - Throws: when the socket cannot listen or cannot be watched.
    package func start() throws(LoopError) {
        let flags = fcntl(descriptor, F_GETFL)
        _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
        _ = try LoopError.checked("listen", listen(descriptor, Self.backlog))
        try loop.watch(descriptor, for: .input) { [self] _ in accept() }
    }

    /// Accepts no more. Clients that have connected and were not accepted are still there for another holder of the socket.
    package func stop() {
        guard isOpen else { return }
        isOpen = false
        loop.forget(descriptor)
        // For clients that connect while a daemon ends and the next one starts.
        listen(descriptor, Self.backlog)
        close(descriptor)
    }

    private func accept() {
        guard hasRoom() else { return restForAWhile(LoopError(call: "accept", code: EMFILE)) }
        let isStillReady = loop.turn == lastTurn + 1
        lastTurn = loop.turn
        if !isStillReady, !hasRested { isShort = false }
        hasRested = false
        recordFlood(isStillReady)
        for _ in 0..<share(isStillReady) {
            let connection = clinux_accept(descriptor)
            if connection >= 0 {
                newest = connection
                do throws(LoopError) {
                    try onConnection(connection)
                } catch {
                    return restForAWhile(error)
                }
                continue
            }
            switch errno {
            case EINTR, ECONNABORTED: continue
            case EAGAIN:
                turnsInARow = 0
                isShort = false
                return
            default: return restForAWhile(LoopError(call: "accept", code: errno))
            }
        }
    }

    /// How many connections are looked for in this turn: one, until more seem to wait. A look that finds none costs as much
    /// as the next look at everything, which would find it as well.
    private func share(_ isStillReady: Bool) -> CInt {
        turnsInARow = isStillReady ? turnsInARow + 1 : 1
        return turnsInARow < 5 ? 1 : min(1 << min(turnsInARow - 4, 8), Self.maximumPerTurn)
    }

    private func recordFlood(_ isStillReady: Bool) {
        if isStillReady, turnsInARow > Self.turnsOfFlood {
            if floodSeen == nil { listen(descriptor, Self.backlogInFlood) }
            floodSeen = loop.time
        } else if let seen = floodSeen, loop.time - seen > Self.floodIsOver {
            listen(descriptor, Self.backlog)
            floodSeen = nil
        }
    }

    /// Whether connections may have more descriptors. The number that the next one will have tells how many are in use; it
    /// is looked at when the newest connection had a high one.
    private func hasRoom() -> Bool {
        guard newest >= most - 2 * Self.maximumPerTurn else { return true }
        most = Self.maximumDescriptors()
        guard newest >= most - 2 * Self.maximumPerTurn else { return true }
        let next = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard next >= 0 else { return false }
        close(next)
        return next < most
    }

    /// How many descriptors there may be with a connection more: RLIMIT_NOFILE, see getrlimit(2), without the spare ones,
    /// of which a small limit has fewer.
    package static func maximumDescriptors() -> CInt {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return .max }
        let all = Int(clamping: limit.rlim_cur)
        return CInt(clamping: all - min(spare, all / 4))
    }

    private func restForAWhile(_ shortage: LoopError) {
        guard isOpen else { return }
        hasRested = true
        watch(for: [])
        loop.schedule(after: Self.rest) { [self] in
            if isOpen { watch(for: .input) }
        }
        if !isShort { onShortage(shortage) }
        isShort = true
    }

    /// The kernel takes memory for a new watch, not for a change of one: this fails for no reason that we know, and then
    /// it is tried again.
    private func watch(for interest: Readiness) {
        do {
            try loop.change(descriptor, to: interest)
        } catch {
            loop.schedule(after: Self.rest) { [self] in
                if isOpen { watch(for: interest) }
            }
        }
    }
}
