internal import CLinux
internal import Glibc
internal import Synchronization

/// What other threads have for a loop, behind a mutex, and what wakes the loop for it.
struct LoopInbox: ~Copyable {
    struct News: Sendable {
        var jobs: [UnownedJob] = []
        var bodies: [@Sendable () -> Void] = []
        var stops: [CheckedContinuation<Void, Never>] = []

        var isEmpty: Bool { jobs.isEmpty && bodies.isEmpty && stops.isEmpty }
    }

    private struct State: Sendable {
        var news = News()
        /// The thread has ended.
        var isOver = false
    }

    /// An eventfd(2), readable when there is something; negative where the kernel had none.
    let wakeUp = clinux_eventfd()
    private let state = Mutex(State())

    deinit {
        if wakeUp >= 0 { close(wakeUp) }
    }

    func add(_ job: UnownedJob) {
        change { $0.jobs.append(job) }
    }

    func add(_ body: @escaping @Sendable () -> Void) {
        change { $0.bodies.append(body) }
    }

    /// Has the caller resumed when the thread has ended.
    func stop(_ caller: CheckedContinuation<Void, Never>) {
        let isOver = state.withLock { state in
            if !state.isOver { state.news.stops.append(caller) }
            return state.isOver
        }
        if isOver { caller.resume() } else { clinux_eventfd_signal(wakeUp) }
    }

    func take() -> News {
        state.withLock { state in
            defer { state.news = News() }
            return state.news
        }
    }

    /// The thread ends.
    ///
    /// - Returns: the callers that came too late to end it.
    func end() -> [CheckedContinuation<Void, Never>] {
        state.withLock { state in
            state.isOver = true
            return state.news.stops
        }
    }

    private func change(_ body: (inout News) -> Void) {
        let wasEmpty = state.withLock { state in
            defer { body(&state.news) }
            return state.news.isEmpty
        }
        if wasEmpty { clinux_eventfd_signal(wakeUp) }
    }
}

/// `@unchecked Sendable`: others carry it around; `body` is touched on the loop's thread only.
final class LoopCallback<Value: Sendable>: @unchecked Sendable {
    private var body: ((Value) -> Void)?

    init(_ body: @escaping (Value) -> Void) {
        self.body = body
    }

    func call(_ value: Value) {
        let body = body
        self.body = nil
        body?(value)
    }
}

/// Empties a timer or an event descriptor.
package func drain(_ descriptor: CInt) {
    var count: UInt64 = 0
    _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
}
