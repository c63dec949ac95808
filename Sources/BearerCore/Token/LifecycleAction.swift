/// What the shell must do for a ``TokenLifecycle``, in this order.
package enum LifecycleAction: Sendable, Equatable {
    /// Send this exchange as soon as the budget allows, and answer with an event that carries its number.
    case send(Exchange)
    /// Write ``TokenLifecycle/history`` again: its times would be read wrongly after a reboot. Before and after a registration it
    /// is written anyway.
    case saveHistory
    /// Tell the journal.
    case report(LifecycleReport)
    /// There is a new token: answer those who wait for it, tell those who watch.
    case tokenChanged
    /// The token in hand has come to its end: tell those who watch.
    case tokenEnded
    /// An exchange failed: answer those who asked for just that one.
    case exchangeFailed
    /// The server refused the profile and no token is left: answer everybody who waits.
    case refused
}
