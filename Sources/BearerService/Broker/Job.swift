internal import BearerCore

/// An exchange that a profile wants sent.
struct ExchangeOrder: Sendable, Equatable {
    let profile: String
    /// The very ``Profile``: exchanges of one that a reload put in its place have the same numbers.
    let owner: ObjectIdentifier
    let exchange: Exchange
    /// When it was wanted, and how many were before since the start.
    let wantedAt: Moment
    let number: UInt64
}

/// Work that takes time, and so happens beside the serving loop.
enum Job: Sendable {
    case exchange(ExchangeOrder)
    case reload(ReloadRequest)
    /// Write again what could not be written.
    case save(profile: String)
    /// Read again what could not be read.
    case loadAgain(profile: String)
    /// Write the registration history again, by what the clocks say now.
    case saveHistory(profile: String)
    /// Remember what is left of the budget.
    case saveBudget

    var isRegistration: Bool {
        guard case .exchange(let order) = self, case .registration = order.exchange.kind else { return false }
        return true
    }
}

/// What ``Broker/run()`` is told.
enum RunnerOrder: Sendable {
    case begin(Job)
    /// Cancel everything but registrations, by now and from now on.
    case cancelOthers
    case cancelRegistrations
}
