/// Records a profile's registrations: before each the intent, afterwards the outcome.
struct RegistrationGuard: Sendable, Equatable {
    private(set) var history: RegistrationHistory
    /// Whether the hold that lasts was reported to the journal.
    private(set) var isHoldReported = false
    /// The history without the registration in flight.
    private var before: RegistrationHistory
    /// ``ClockReading/wallClockOffset`` when the history was last written; `nil`: not by this process.
    private var writtenOffset: Duration?

    /// After a step of the wall clock by this much the history is written again.
    private static let writtenStep = Duration.seconds(10)

    init(_ history: RegistrationHistory) {
        self.history = history
        before = history
    }

    /// A registration is sent once the history is written.
    mutating func begin(replacing: Bool, at now: ClockReading) {
        before = history
        history.recordIntent(replacing: replacing, at: now.boot)
        writtenOffset = now.wallClockOffset
    }

    /// The registration was not sent, and will not be.
    mutating func withdrawn() {
        history = before
    }

    /// The intent of the registration, or the credentials, could be recorded nowhere.
    mutating func notWritten(at now: ClockReading) {
        history.recordUnwritten(at: now.boot)
    }

    /// The credentials that could be recorded nowhere are recorded now.
    mutating func written() {
        history.recordAnswer()
    }

    mutating func succeeded(replacing: Bool, at now: ClockReading) {
        history.recordAnswer()
        isHoldReported = false
        if replacing { history.lastReplacement = now.boot }
    }

    mutating func failed(_ failure: ExchangeFailure, replacing: Bool, at now: ClockReading) {
        switch failure.trace {
        case .unknown: history.recordLoss(replacing: replacing, at: now.boot)
        case .notSent: history = before
        case .noneMade:
            history = before
            history.recordAnswer()
            isHoldReported = false
        }
    }

    /// Whether it must be reported to the journal that a registration is held.
    mutating func reportHold() -> Bool {
        defer { isHoldReported = true }
        return !isHoldReported
    }

    /// Whether the history must be written again: its times were read in this process, or the wall clock was stepped
    /// since they were written.
    mutating func needsWriting(at now: ClockReading) -> Bool {
        guard history.hasTimes else { return false }
        if let writtenOffset, !now.isStepped(since: writtenOffset, by: Self.writtenStep) { return false }
        writtenOffset = now.wallClockOffset
        return true
    }
}
