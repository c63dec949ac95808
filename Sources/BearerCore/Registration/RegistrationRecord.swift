/// A ``RegistrationHistory`` as it is kept on disk, where it must outlive the boot and a wall clock that is set.
///
/// Read in the boot in which it was written, CLOCK_BOOTTIME alone decides how long ago something was. Read in a later boot,
/// the wall clock decides, but never less than that boot has lasted; a time that lies in the future counts as the boot's
/// start. It is written again when it was read in a new boot and whenever the wall clock was stepped, so that a clock that
/// was wrong at writing does not mislead the next boot.
///
/// A wait is therefore cut short by no more than the wall clock was ahead when the new boot read the record, compared
/// with its last writing, and it ends at the latest once one boot has lasted as long as the wait.
package struct RegistrationRecord: Sendable, Equatable {
    package var unanswered: Int
    /// ``RegistrationHistory/lastIntent``, in seconds since 1970 by the wall clock at writing; negative where that clock
    /// had only just begun at 1970.
    package var lastIntentAt: Int64?
    /// ``RegistrationHistory/lastReplacement``, in the same way.
    package var lastReplacementAt: Int64?
    /// The boot in which it was written. Absent without times, where it is not known, and in files of old versions.
    package var bootID: String?
    /// When that boot began, by the wall clock at writing: a time less this one is CLOCK_BOOTTIME.
    package var bootedAt: Int64?

    package init(
        unanswered: Int, lastIntentAt: Int64? = nil, lastReplacementAt: Int64? = nil, bootID: String? = nil,
        bootedAt: Int64? = nil
    ) {
        self.unanswered = unanswered
        self.lastIntentAt = lastIntentAt
        self.lastReplacementAt = lastReplacementAt
        self.bootID = bootID
        self.bootedAt = bootedAt
    }

    /// - Parameter bootID: that of this boot; `nil` when it cannot be read.
    package init(_ history: RegistrationHistory, bootID: String?, at now: ClockReading) {
        // Whole seconds, rounded so that a wait becomes longer rather than shorter.
        func wall(_ boot: Duration) -> Int64 { (now.wallClockOffset + boot).secondsRoundedUp }
        let isDated = history.hasTimes && bootID != nil
        self.init(
            unanswered: history.unanswered, lastIntentAt: history.lastIntent.map(wall),
            lastReplacementAt: history.lastReplacement.map(wall), bootID: isDated ? bootID : nil,
            bootedAt: isDated ? now.wallClockOffset.secondsRoundedDown : nil)
    }
}

extension RegistrationHistory {
    /// More than the longest pause needs, and far from what counting on would overflow.
    private static let maximumCount = 1_000_000

    /// Reads a record. A replacement that no longer forbids another one is forgotten.
    ///
    /// - Parameter bootID: that of this boot; `nil` when it cannot be read.
    package init(_ record: RegistrationRecord, bootID: String?, at now: ClockReading) {
        self.init(
            unanswered: min(max(record.unanswered, 0), Self.maximumCount),
            lastIntent: record.lastIntentAt.map { record.boot(of: $0, in: bootID, at: now) },
            lastReplacement: record.lastReplacementAt.map { record.boot(of: $0, in: bootID, at: now) })
        if mayReplace(at: now.boot) { lastReplacement = nil }
    }
}

extension RegistrationRecord {
    /// A time of the record on CLOCK_BOOTTIME of this boot: not later than now, and within a day, as nothing waits longer.
    fileprivate func boot(of time: Int64, in thisBoot: String?, at now: ClockReading) -> Duration {
        var boot = now.boot - (now.wall - .seconds(time))
        if let bootID, let bootedAt, let thisBoot {
            boot = bootID == thisBoot ? .seconds(time) - .seconds(bootedAt) : min(boot, .zero)
        }
        return min(max(boot, now.boot - RegistrationHistory.replacementInterval), now.boot)
    }
}

extension Duration {
    fileprivate var secondsRoundedDown: Int64 {
        components.attoseconds < 0 ? components.seconds - 1 : components.seconds
    }
}
