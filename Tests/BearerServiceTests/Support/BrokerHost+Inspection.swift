import BearerCore
import BearerProtocol
import BearerState

@testable import BearerService

extension BrokerHost {
    private func snapshot(_ name: String) -> ProfileSnapshot? { broker.session(name)?.snapshot(at: services.now()) }

    private var snapshots: [ProfileSnapshot] { broker.allSessions.map { $0.snapshot(at: services.now()) } }

    func waiterCount(_ name: String = "default") -> Int { broker.session(name)?.clients.waiterCount ?? 0 }

    func watcherCount(_ name: String = "default") -> Int { broker.session(name)?.clients.watcherCount ?? 0 }

    func registrantCount(_ name: String = "default") -> Int { broker.session(name)?.orders.count ?? 0 }

    func hasToken(_ name: String = "default") -> Bool { token(name) != nil }

    func isInFlight(_ name: String = "default") -> Bool { snapshot(name)?.lifecycle.exchange != nil }

    func isRegistering(_ name: String = "default") -> Bool { broker.session(name)?.isRegistering ?? false }

    func refusal(_ name: String = "default") -> String? { snapshot(name)?.refusal }

    func failures(_ name: String = "default") -> Int { snapshot(name)?.lifecycle.failureStreak?.failures ?? 0 }

    /// Every profile has been started: an exchange is in flight or planned, or its files cannot be used.
    var hasBegun: Bool {
        snapshots.allSatisfy {
            $0.lifecycle.exchange != nil || $0.lifecycle.nextDeadline != nil || $0.unusable != nil
        }
    }

    /// Exchanges that were sent and not answered yet.
    var sentCount: Int { snapshots.count { $0.lifecycle.exchange != nil } - queueLength }

    /// The pause between calls that the server's 429s have led to.
    var budgetPause: Duration { broker.runner.budget.pause }

    var queueLength: Int { broker.runner.waitingCount }

    var tokenCount: Int { snapshots.count { $0.servableToken(at: services.now()) != nil } }

    func state(_ name: String = "default") -> ProfileState? { snapshot(name)?.state(at: services.now()) }

    func clientID(_ name: String = "default") -> String? { broker.session(name)?.credentials?.clientID }

    func token(_ name: String = "default") -> Secret? { snapshot(name)?.servableToken(at: services.now())?.value }

    func isStateDurable(_ name: String = "default") -> Bool { broker.session(name)?.isDurable == true }

    /// How long a registration would have to wait.
    func hold(_ name: String = "default") -> Duration {
        snapshot(name)?.lifecycle.history.hold(at: services.now().boot) ?? .zero
    }

    func generation(_ name: String = "default") -> UInt64 { snapshot(name)?.lifecycle.generation ?? 0 }

    var connectionCount: Int { broker.clients.count }

    var heldBytes: Int { broker.clients.heldBytes }

    var isReloading: Bool { broker.isReloading }

    var isStopping: Bool { broker.jobs.isStopping }

    var isWaitingForConnections: Bool { broker.clients.isEnding }

    func begin(_ job: Job) { broker.jobs.begin(job) }

    /// What the alarm would do: it knows nothing of a test's clock.
    func doWhatIsDue() { broker.wake() }
}
