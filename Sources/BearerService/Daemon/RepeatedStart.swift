internal import BearerCore
internal import BearerLoop
internal import BearerState
internal import BearerSystemd

/// A start that fails for something that may pass by itself: the state directory cannot be used, or another daemon has it.
///
/// The first one fails at once, so that `systemctl start` does. The process that systemd starts after it stays, tries again
/// with growing pauses, and says nothing new in the journal as long as the reason is the same: a process that ends costs
/// systemd seven entries each time.
struct RepeatedStart {
    /// Systemd restarts the unit within `RestartMaxDelaySec=`, 10 s; after that it is a start by hand.
    private static let restartLimit = Duration.seconds(30)
    private static let longestPause = Duration.seconds(60)
    /// `TimeoutStartSec=` of the unit, which begins again when an attempt succeeds.
    private static let startLimit = Duration.seconds(90)

    private let store: FailedStartStore
    /// What was said last; `nil`: nothing yet.
    private var said: String?
    private var pause = Duration.seconds(1)

    /// - Parameter handedOver: of what systemd passes, ``FailedStartStore/name``.
    init(_ store: FailedStartStore, handedOver: [ListenDescriptor], at now: ClockReading) {
        self.store = store
        let record = store.takeBack(handedOver)
        said = record.flatMap { (Duration.zero...Self.restartLimit).contains(now.boot - $0.boot) ? $0.message : nil }
    }

    /// What to do about a failure.
    enum Step: Equatable {
        case fail
        /// Try again after a pause.
        ///
        /// - isNews: it has not been said yet.
        case stay(pause: Duration, isNews: Bool)
    }

    mutating func step(after failure: StartFailure, at now: ClockReading) -> Step {
        guard [.cannotCreate, .inputOutput, .temporaryFailure].contains(failure.status) else { return .fail }
        guard let said else {
            store.keep(FailedStartStore.Record(boot: now.boot, message: failure.message))
            return .fail
        }
        self.said = failure.message
        defer { pause = min(pause * 2, Self.longestPause) }
        return .stay(pause: pause, isNews: said != failure.message)
    }

    /// For `EXTEND_TIMEOUT_USEC=`.
    static func timeout(after pause: Duration) -> Duration { pause + startLimit }
}
