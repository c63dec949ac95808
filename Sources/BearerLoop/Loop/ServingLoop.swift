internal import BearerCore
internal import CLinux
internal import Glibc
internal import Synchronization

/// The one thread that serves clients: it waits in epoll(7), and whatever happens on it happens one after the other.
///
/// A turn is: a look at the descriptors that are ready, the jobs of actors that live here and what other threads want done,
/// the timers that are due, then streams that have something to do, one user's after the other's and for a fifth of a
/// millisecond at most, then the replies that were not sent at once. Nothing on it may block.
///
/// `@unchecked Sendable`: what comes from other threads is behind a mutex, everything else is touched on the thread only.
package final class ServingLoop: @unchecked Sendable {
    /// What a descriptor is ready for.
    package typealias Handler = (_ events: Readiness) -> Void

    private let poll: CInt
    private let now: @Sendable () -> Duration
    private let inbox = LoopInbox()
    /// There is something in it.
    private var hasNews = false
    private let identity = Atomic<pthread_t>(0)

    /// What streams receive passes through here, one after the other.
    let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
    // Not checked: what changes them calls nobody else, so that two changes cannot meet; the checks of a request are a
    // quarter of its instructions. The same holds where else this is said.
    @exclusivity(unchecked) private var watched = WatchedDescriptors()
    @exclusivity(unchecked) private var timers = LoopTimers()
    @exclusivity(unchecked) private var sending: [SocketStream] = []
    @exclusivity(unchecked) private var flushing: [SocketStream] = []
    @exclusivity(unchecked) private var ready = ReadyStreams()
    private var kernelMemory = KernelMemory()
    /// The number of this turn.
    private(set) var turn: UInt64 = 0

    /// Streams that have their turn before there is another look at what is ready, and the time after which no further one
    /// has.
    private static let maximumStreams = 64
    private static let maximumTurn = Duration.microseconds(200)
    /// Descriptors that are found ready with one look. A user with many streams must not hide those of others.
    private static let maximumEvents = 256

    /// Starts the thread, `serving-loop`.
    ///
    /// - Parameter now: the time by which timers run; CLOCK_BOOTTIME, unless a test has another.
    /// - Throws: when the kernel has no descriptor, memory or thread left for us.
    package init(now: @escaping @Sendable () -> Duration = { SystemClock.boot() }) throws(LoopError) {
        self.now = now
        poll = try LoopError.checked("epoll_create1", epoll_create1(CInt(EPOLL_CLOEXEC)))
        let wakeUp = try LoopError.checked("eventfd", inbox.wakeUp)
        try watch(wakeUp, for: .input) { [unowned self] _ in
            drain(wakeUp)
            hasNews = true
        }
        guard Thread.start("serving-loop", { self.run() }) == 0 else { throw .noThread }
    }

    deinit {
        Glibc.close(poll)
        input.deallocate()
    }

    /// Ends the thread after what was handed over before; what is watched is forgotten. Not from the thread itself.
    package func stop() async {
        await withCheckedContinuation { inbox.stop($0) }
    }

    package var isCurrent: Bool { identity.load(ordering: .relaxed) == pthread_self() }

    /// Runs `body` on the thread, in a later turn if called from there.
    package func execute(_ body: @escaping @Sendable () -> Void) {
        inbox.add(body)
    }

    /// Makes a function that any thread may call, once, to have `body` called on the loop's thread. What `body` holds is
    /// released there.
    package func callback<Value: Sendable>(_ body: @escaping (Value) -> Void) -> @Sendable (Value) -> Void {
        let callback = LoopCallback(body)
        return { value in self.execute { callback.call(value) } }
    }

    /// The time by which timers run.
    var time: Duration { now() }

    // MARK: On the thread

    /// Watches a descriptor that is not watched yet. Its hang-up and errors are always reported.
    ///
    /// - Throws: ENOSPC when the user has as many watches as `fs.epoll.max_user_watches` allows, ENOMEM; EPERM for what
    ///   cannot be waited for, such as a file.
    package func watch(
        _ descriptor: CInt, for interest: Readiness, _ handler: @escaping Handler
    ) throws(LoopError) {
        do {
            try control(EPOLL_CTL_ADD, descriptor, interest, watched.add(descriptor, handler))
        } catch {
            watched.remove(descriptor)
            throw error
        }
    }

    package func change(_ descriptor: CInt, to interest: Readiness) throws(LoopError) {
        guard let token = watched.token(of: descriptor) else { return }
        try control(EPOLL_CTL_MOD, descriptor, interest, token)
    }

    /// To be called before the descriptor is closed. Events of this turn that were for it are dropped.
    package func forget(_ descriptor: CInt) {
        watched.remove(descriptor)
        epoll_ctl(poll, EPOLL_CTL_DEL, descriptor, nil)
    }

    /// Forgets a descriptor and closes it. Nobody else may hold what it stands for: the kernel watches it for as long as
    /// somebody does.
    func close(_ descriptor: CInt) {
        watched.remove(descriptor)
        Glibc.close(descriptor)
    }

    /// Calls `body` after `delay`, in a later turn.
    @discardableResult
    package func schedule(after delay: Duration, _ body: @escaping () -> Void) -> LoopTimer {
        timers.add(at: now() + delay, body)
    }

    /// A cancelled timer does not fire, not even in this turn.
    package func cancel(_ timer: LoopTimer) {
        timers.cancel(timer)
    }

    /// Has ``SocketStream/flush()`` called at the end of the turn.
    func flushAtEndOfTurn(_ stream: SocketStream) {
        sending.append(stream)
    }

    /// Has ``SocketStream/takeTurn()`` called, after one stream at most of each other group, and after those of its own
    /// that wait already.
    func waitForTurn(_ stream: SocketStream) {
        ready.append(stream)
    }

    /// Whether the kernel may keep more than a little for the peer of `stream`, which has taken what it was sent before.
    func mayKeepMuch(for stream: SocketStream) -> Bool {
        kernelMemory.admit(stream)
    }

    private func control(
        _ operation: CInt, _ descriptor: CInt, _ interest: Readiness, _ token: UInt64
    ) throws(LoopError) {
        var event = epoll_event(events: interest.rawValue, data: epoll_data_t(u64: token))
        _ = try LoopError.checked("epoll_ctl", epoll_ctl(poll, operation, descriptor, &event))
    }

    private func run() {
        identity.store(pthread_self(), ordering: .relaxed)
        var events = [epoll_event](repeating: epoll_event(), count: Self.maximumEvents)
        var stops: [CheckedContinuation<Void, Never>] = []
        while stops.isEmpty {
            let count = wait(&events)
            turn += 1
            handle(events.prefix(count))
            if hasNews { stops = runInbox() }
            runTimers()
            serveStreams()
            flushStreams()
        }
        stops += inbox.end()
        for stop in stops { stop.resume() }
    }

    private func wait(_ events: inout [epoll_event]) -> Int {
        let isIdle = sending.isEmpty && ready.isEmpty
        let count = epoll_wait(poll, &events, CInt(events.count), isIdle ? timers.timeout(at: now()) : 0)
        precondition(count >= 0 || errno == EINTR, "epoll_wait: error \(errno)")
        return Int(max(0, count))
    }

    private func handle(_ events: ArraySlice<epoll_event>) {
        for event in events {
            watched.handler(of: event.data.u64)?(Readiness(rawValue: event.events))
        }
    }

    private func runTimers() {
        let (time, newest) = (now(), timers.newest)
        while let body = timers.next(dueAt: time, upTo: newest) { body() }
    }

    /// - Returns: the callers that want the thread to end.
    private func runInbox() -> [CheckedContinuation<Void, Never>] {
        hasNews = false
        let news = inbox.take()
        for job in news.jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
        for body in news.bodies { body() }
        return news.stops
    }

    private func serveStreams() {
        var end: Duration?
        for _ in 0..<Self.maximumStreams {
            guard let stream = ready.next() else { return }
            stream.takeTurn()
            // A stream that is alone has no use for the clock.
            guard !ready.isEmpty else { return }
            let time = now()
            if let end, time >= end { return }
            end = end ?? time + Self.maximumTurn
        }
    }

    /// A stream that goes on once its replies are sent does so in the next turn, after everybody else.
    private func flushStreams() {
        swap(&sending, &flushing)
        for stream in flushing { stream.flush() }
        flushing.removeAll(keepingCapacity: true)
    }
}

extension ServingLoop: SerialExecutor {
    package func enqueue(_ job: consuming ExecutorJob) {
        inbox.add(UnownedJob(job))
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    package func checkIsolated() {
        precondition(isCurrent, "this belongs on the thread of the serving loop")
    }
}

/// The handlers of watched descriptors. A descriptor's number is used again as soon as it is closed: the token that
/// epoll carries for us holds a serial number as well, so that a late event never reaches a newcomer.
struct WatchedDescriptors {
    private struct Entry {
        let serial: UInt32
        let handler: ServingLoop.Handler
    }

    private var entries: [Entry?] = []
    private var serial: UInt32 = 0

    /// - Returns: the token for epoll.
    mutating func add(_ descriptor: CInt, _ handler: @escaping ServingLoop.Handler) -> UInt64 {
        let index = Int(descriptor)
        if index >= entries.count { entries += Array(repeating: nil, count: index + 1 - entries.count) }
        serial &+= 1
        entries[index] = Entry(serial: serial, handler: handler)
        return Self.token(index, serial)
    }

    mutating func remove(_ descriptor: CInt) {
        guard entries.indices.contains(Int(descriptor)) else { return }
        entries[Int(descriptor)] = nil
    }

    func token(of descriptor: CInt) -> UInt64? {
        guard entries.indices.contains(Int(descriptor)), let entry = entries[Int(descriptor)] else { return nil }
        return Self.token(Int(descriptor), entry.serial)
    }

    func handler(of token: UInt64) -> ServingLoop.Handler? {
        let index = Int(token & 0xFFFF_FFFF)
        guard entries.indices.contains(index), let entry = entries[index] else { return nil }
        return entry.serial == UInt32(token >> 32) ? entry.handler : nil
    }

    private static func token(_ index: Int, _ serial: UInt32) -> UInt64 {
        UInt64(serial) << 32 | UInt64(index)
    }
}

/// What a descriptor is watched for, and what it is ready for. See epoll_ctl(2).
package struct Readiness: OptionSet, Sendable {
    package let rawValue: UInt32

    package static let input = Readiness(rawValue: EPOLLIN.rawValue)
    package static let output = Readiness(rawValue: EPOLLOUT.rawValue)
    /// Both directions are shut: the peer is gone. Reported whether it is watched for or not, as errors are.
    package static let hangUp = Readiness(rawValue: EPOLLHUP.rawValue)
    package static let error = Readiness(rawValue: EPOLLERR.rawValue)

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }
}
