internal import BearerLoop
internal import CLinux
internal import Glibc
internal import Synchronization

/// The one thread of the process that waits for descriptors, by poll(2), so that no thread of Swift's pool has to.
///
/// It is started by the first wait and then stays.
final class Poller: Sendable {
    /// What is waited for.
    enum Readiness {
        case readable, writable

        var events: Int16 { Int16(self == .readable ? POLLIN : POLLOUT) }
    }

    /// How a wait ended.
    enum Outcome: Equatable {
        /// The next call on the descriptor does not block; it may fail, or find the end.
        case ready
        case timedOut
        /// The task that waits was cancelled.
        case cancelled
        /// Nothing can be waited for: there is no thread or no descriptor left. The error number.
        case failed(CInt)
    }

    private struct Wait {
        let descriptor: CInt
        let events: Int16
        let deadline: ContinuousClock.Instant?
        let continuation: CheckedContinuation<Outcome, Never>
    }

    private struct State {
        /// Makes the thread look at the waits anew; nil as long as there is no thread.
        var event: CInt?
        var waits: [Int: Wait] = [:]
        var lastWait = 0
    }

    static let shared = Poller()

    private let state = Mutex(State())

    /// Waits until `descriptor`, which stays open meanwhile, is ready, `deadline` has passed, or the task is cancelled.
    func wait(
        for readiness: Readiness, of descriptor: CInt, until deadline: ContinuousClock.Instant?
    ) async -> Outcome {
        let number = state.withLock { state in
            state.lastWait += 1
            return state.lastWait
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                begin(
                    number,
                    Wait(
                        descriptor: descriptor, events: readiness.events, deadline: deadline,
                        continuation: continuation))
                // A cancellation that came before the wait was known has ended nothing.
                if Task.isCancelled { end(number, .cancelled) }
            }
        } onCancel: {
            end(number, .cancelled)
        }
    }

    private func begin(_ number: Int, _ wait: Wait) {
        let failure: CInt? = state.withLock { state in
            if state.event == nil, let failure = start(&state) { return failure }
            state.waits[number] = wait
            signal(state)
            return nil
        }
        if let failure { wait.continuation.resume(returning: .failed(failure)) }
    }

    /// Does nothing when the wait has ended already.
    private func end(_ number: Int, _ outcome: Outcome) {
        let wait = state.withLock { state in
            let wait = state.waits.removeValue(forKey: number)
            // The kernel keeps a socket open for as long as somebody polls it.
            if wait != nil, outcome == .cancelled { signal(state) }
            return wait
        }
        wait?.continuation.resume(returning: outcome)
    }

    /// - Returns: the error number when it could not.
    private func start(_ state: inout State) -> CInt? {
        let event = clinux_eventfd()
        guard event >= 0 else { return errno }
        let failure = Thread.start("bearer-client") { self.run(event) }
        guard failure == 0 else {
            close(event)
            return failure
        }
        state.event = event
        return nil
    }

    private func signal(_ state: State) {
        if let event = state.event { _ = clinux_eventfd_signal(event) }
    }
}

/// The thread.
extension Poller {
    private func run(_ event: CInt) -> Never {
        while true {
            let waits = Array(state.withLock(\.waits))
            var descriptors = waits.map { pollfd(fd: $0.value.descriptor, events: $0.value.events, revents: 0) }
            descriptors.append(pollfd(fd: event, events: Int16(POLLIN), revents: 0))
            let first = waits.compactMap(\.value.deadline).min()
            let count = poll(&descriptors, nfds_t(descriptors.count), Self.milliseconds(until: first))
            // Only when the kernel has no memory: not a reason to take a core.
            if count < 0, errno != EINTR { usleep(10_000) }
            drain(event)
            let now = ContinuousClock.now
            for (wait, descriptor) in zip(waits, descriptors) {
                if descriptor.revents != 0 {
                    end(wait.key, .ready)
                } else if let deadline = wait.value.deadline, deadline <= now {
                    end(wait.key, .timedOut)
                }
            }
        }
    }

    /// The time limit of poll(2): until `deadline`, rounded up; -1 when there is none.
    static func milliseconds(until deadline: ContinuousClock.Instant?) -> CInt {
        guard let deadline else { return -1 }
        let left = max(.zero, ContinuousClock.now.duration(to: deadline))
        return CInt(min(left / .milliseconds(1), 1_000_000).rounded(.up))
    }
}
