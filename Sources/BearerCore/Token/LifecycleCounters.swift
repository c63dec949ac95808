/// What a profile has done since the daemon's start.
package struct LifecycleCounters: Sendable, Equatable {
    /// Tokens obtained.
    package var renewals: UInt64 = 0
    /// Exchanges that failed.
    package var failures: UInt64 = 0
    /// Registrations that yielded credentials.
    package var registrations: UInt64 = 0
}
