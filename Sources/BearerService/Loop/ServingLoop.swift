internal import BearerCore
internal import CLinux
internal import Glibc
internal import NIOPosix
internal import Synchronization

/// The one thread that serves clients: it waits in epoll(7), and whatever happens on it happens one after the other.
///
/// A turn is: the descriptors that are ready, the timers that are due, the jobs of actors that live here, then the replies
/// of all that, sent together, then one thing that was postponed. Nothing on it may block.
///
/// `@unchecked Sendable`: the jobs are behind a mutex, everything else is touched on the thread only.
final class ServingLoop: @unchecked Sendable {
    /// What a descriptor is ready for.
    typealias Handler = (_ events: Readiness) -> Void

    private let poll: CInt
    private let wakeUp: CInt
    private let now: @Sendable () -> Duration
    private let inbox = Mutex(Inbox())
    private let thread = NIOThreadPool(numberOfThreads: 1)

    private let identity = Atomic<pthread_t>(0)
    /// What is received passes through here, one stream after the other.
    let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
    private var watched = WatchedDescriptors()
    private var timers = LoopTimers()
    private var sending: [SocketStream] = []
    private var flushing: [SocketStream] = []
    private var postponed = PostponedWork()

    /// Starts the thread.
    ///
    /// - Parameter now: the time by which timers run; CLOCK_BOOTTIME, unless a test has another.
    /// - Throws: ``LoopError`` when the kernel has no descriptor left for us.
    init(now: @escaping @Sendable () -> Duration = { SystemClock.boot() }) throws(LoopError) {
        self.now = now
        poll = try LoopError.checked("epoll_create1", epoll_create1(CInt(EPOLL_CLOEXEC)))
        wakeUp = try LoopError.checked("eventfd", clinux_eventfd())
        thread.start()
        thread.submit { [self] _ in run() }
    }

    deinit {
        close(poll)
        close(wakeUp)
        input.deallocate()
    }

    /// Ends the thread after the jobs that are there; what is watched is forgotten. Not from the thread itself.
    func stop() async {
        wake { $0.isStopped = true }
        try? await thread.shutdownGracefully()
    }

    var isCurrent: Bool { identity.load(ordering: .relaxed) == pthread_self() }

    /// Runs `body` on the thread, in a later turn if called from there.
    func execute(_ body: @escaping @Sendable () -> Void) {
        wake { $0.bodies.append(body) }
    }

    // MARK: On the thread

    /// Watches a descriptor that is not watched yet. Its hang-up and errors are always told.
    func watch(_ descriptor: CInt, for interest: Readiness, _ handler: @escaping Handler) {
        var event = epoll_event(events: interest.bits, data: epoll_data_t(u64: watched.add(descriptor, handler)))
        epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event)
    }

    func change(_ descriptor: CInt, to interest: Readiness) {
        guard let token = watched.token(of: descriptor) else { return }
        var event = epoll_event(events: interest.bits, data: epoll_data_t(u64: token))
        epoll_ctl(poll, EPOLL_CTL_MOD, descriptor, &event)
    }

    /// To be called before the descriptor is closed. Events of this turn that were for it are dropped.
    func forget(_ descriptor: CInt) {
        watched.remove(descriptor)
        epoll_ctl(poll, EPOLL_CTL_DEL, descriptor, nil)
    }

    /// Calls `body` after `delay`.
    @discardableResult
    func schedule(after delay: Duration, _ body: @escaping () -> Void) -> LoopTimer {
        timers.add(at: now() + delay, body)
    }

    func cancel(_ timer: LoopTimer) {
        timers.cancel(timer)
    }

    /// Has ``SocketStream/flush()`` called at the end of the turn.
    ///
    /// A reply sent at once wakes its client while others are still being answered, and waking costs more than
    /// answering: sent together, replies find their clients' processors awake.
    func flushAtEndOfTurn(_ stream: SocketStream) {
        sending.append(stream)
    }

    /// Calls `body` after everybody who is ready now: for who has more to do than its share of a turn.
    func postpone(_ body: @escaping () -> Void) {
        postponed.add(body)
    }

    private func run() {
        identity.store(pthread_self(), ordering: .relaxed)
        _ = clinux_name_thread("serving-loop")
        watch(wakeUp, for: .input) { [wakeUp] _ in drain(wakeUp) }
        var ready = [epoll_event](repeating: epoll_event(), count: 64)
        while true {
            let timeout = sending.isEmpty && postponed.isEmpty ? timers.timeout(at: now()) : 0
            let count = epoll_wait(poll, &ready, CInt(ready.count), timeout)
            for event in ready.prefix(Int(max(0, count))) {
                watched.handler(of: event.data.u64)?(Readiness(bits: event.events))
            }
            for body in timers.due(at: now()) { body() }
            let inbox = inbox.withLock { $0.take() }
            for job in inbox.jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
            for body in inbox.bodies { body() }
            flushStreams()
            // One a turn: who asks meanwhile waits no longer than that.
            postponed.next()?()
            if inbox.isStopped { return }
        }
    }

    /// Who goes on answering once its replies are sent does so in the next turn, after everybody else.
    private func flushStreams() {
        swap(&sending, &flushing)
        for stream in flushing { stream.flush() }
        flushing.removeAll(keepingCapacity: true)
    }

    private func wake(_ change: (inout Inbox) -> Void) {
        let wasEmpty = inbox.withLock { inbox in
            defer { change(&inbox) }
            return inbox.isEmpty
        }
        if wasEmpty { clinux_eventfd_signal(wakeUp) }
    }
}

/// What other threads have for the loop.
private struct Inbox: Sendable {
    var jobs: [UnownedJob] = []
    var bodies: [@Sendable () -> Void] = []
    var isStopped = false

    var isEmpty: Bool { jobs.isEmpty && bodies.isEmpty && !isStopped }

    mutating func take() -> Inbox {
        let taken = self
        jobs = []
        bodies = []
        return taken
    }
}

extension ServingLoop: SerialExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        wake { $0.jobs.append(job) }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    func checkIsolated() {
        precondition(isCurrent, "this belongs on the thread of the serving loop")
    }
}

/// Empties a timer or an event descriptor.
func drain(_ descriptor: CInt) {
    var count: UInt64 = 0
    _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
}
