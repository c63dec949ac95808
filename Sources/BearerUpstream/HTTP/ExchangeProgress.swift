internal import Synchronization

/// How far an exchange has come, as seen by the three tasks that take part in it.
final class ExchangeProgress: Sendable {
    private let sending = Atomic(false)
    private let late = Atomic(false)

    /// Whether the server may have received the whole request. False: it cannot have acted on it.
    var isSent: Bool { sending.load(ordering: .acquiring) }

    /// Whether the time limit ended the exchange.
    var isLate: Bool { late.load(ordering: .acquiring) }

    func markSent() { sending.store(true, ordering: .releasing) }

    func markLate() { late.store(true, ordering: .releasing) }
}
