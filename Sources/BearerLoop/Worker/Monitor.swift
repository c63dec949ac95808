// In a release build, the compiler finds timespec in whichever of the two it read first.
internal import CLinux
internal import Glibc

/// A value behind a lock, and threads that wait until the value lets them go on.
///
/// `@unchecked Sendable` because the value is only touched with the mutex held.
final class Monitor<Value>: @unchecked Sendable {
    private var value: Value
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init(_ value: Value) {
        self.value = value
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Changes the value, then lets every waiting thread look at it.
    func change<Result>(_ body: (inout Value) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer {
            pthread_cond_broadcast(condition)
            pthread_mutex_unlock(mutex)
        }
        return body(&value)
    }

    /// Waits until `body`, called with the lock held, returns something.
    func wait<Result>(for body: (inout Value) -> Result?) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&value) { return result }
            pthread_cond_wait(condition, mutex)
        }
    }

    /// The same for `limit` at most. When the time is over and `body` still returns nothing, the result is that of
    /// `late`, called before anybody else can change the value.
    func wait<Result>(
        within limit: Duration, for body: (inout Value) -> Result?, late: (inout Value) -> Result
    ) -> Result {
        var deadline = Self.deadline(after: limit)
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&value) { return result }
            guard pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT else { continue }
            return body(&value) ?? late(&value)
        }
    }

    private static func deadline(after limit: Duration) -> timespec {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let end = Duration.seconds(now.tv_sec) + .nanoseconds(now.tv_nsec) + limit
        let (seconds, attoseconds) = end.components
        return timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    }
}
