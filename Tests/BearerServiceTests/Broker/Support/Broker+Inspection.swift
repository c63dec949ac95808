import BearerCore
import BearerProtocol
import BearerState

@testable import BearerService

extension Broker {
    func waiterCount(_ name: String = "default") -> Int { profiles[name]?.waiters.count ?? 0 }

    func watcherCount(_ name: String = "default") -> Int { profiles[name]?.watchers.count ?? 0 }

    func registrantCount(_ name: String = "default") -> Int { profiles[name]?.registrants.count ?? 0 }

    func hasToken(_ name: String = "default") -> Bool { profiles[name]?.servableToken(at: now()) != nil }

    func isInFlight(_ name: String = "default") -> Bool { profiles[name]?.lifecycle.exchange != nil }

    func isRegistering(_ name: String = "default") -> Bool { profiles[name]?.isRegistering ?? false }

    func refusal(_ name: String = "default") -> String? { profiles[name]?.refusal }

    func failures(_ name: String = "default") -> Int { profiles[name]?.lifecycle.trouble?.failures ?? 0 }

    /// Every profile has been started: something is in flight, planned or in hand.
    var hasBegun: Bool {
        profiles.values.allSatisfy {
            $0.lifecycle.exchange != nil || $0.lifecycle.nextDeadline != nil || $0.blockage != nil
        }
    }

    /// Exchanges that were sent and not answered yet.
    var sentCount: Int { profiles.values.count { $0.lifecycle.exchange != nil } - queue.count }

    /// The pause between calls that the server's 429s have led to.
    var budgetPause: Duration { budget.record(at: now()).pause }

    var queueLength: Int { queue.count }

    var tokenCount: Int { profiles.values.count { $0.servableToken(at: now()) != nil } }

    func state(_ name: String = "default") -> ProfileState? { profiles[name]?.state(at: now()) }

    func clientID(_ name: String = "default") -> String? { profiles[name]?.credentials?.credentials.clientID }

    func token(_ name: String = "default") -> Secret? { profiles[name]?.servableToken(at: now())?.value }

    func isStateDurable(_ name: String = "default") -> Bool {
        profiles[name].map { status(of: $0, at: now()).isStateDurable } == true
    }

    /// How long a registration would have to wait.
    func hold(_ name: String = "default") -> Duration {
        profiles[name]?.lifecycle.history.hold(at: now().boot) ?? .zero
    }

    func generation(_ name: String = "default") -> UInt64 { profiles[name]?.lifecycle.generation ?? 0 }

    var connectionCount: Int { connections.count }

    var heldBytes: Int { holdings.total }

    /// What the alarm would do: it knows nothing of a test's clock.
    func doWhatIsDue() { wake() }
}
