import AuthServerSimulator
import BearerCore
import BearerProtocol
import Synchronization

@testable import BearerService

/// The simulated days of one fault, each with other random delays.
struct FaultDays: Sendable {
    /// From a start without a token: the fault holds for a day, then all is well.
    private(set) var cold: [FaultDay] = []
    /// A token of six hours was obtained, then the fault holds for a day, then all is well; a registration is forced in
    /// between, where it is that which fails.
    private(set) var serving: [FaultDay] = []
    /// The most seconds in which the current token was not handed out before its true end.
    private(set) var secondsNotServed = 0.0
    /// The code that a client without a token was told at noon; nil for a token.
    private(set) var clientError: String?
    /// Calls to the endpoint while the current token lasts.
    private(set) var callsWhileServing: [Int] = []
    private(set) var callsInADay: [Int] = []

    private static let end = FaultDay.day + 2 * FaultDay.hour
    /// Many faults come to the same failure: what a day makes of it is computed once.
    private static let known = Mutex<[String: FaultDays]>([:])

    static func of(_ fault: FaultCase, _ outcome: FaultCase.Outcome, _ files: ProfileFiles) throws -> FaultDays {
        let key =
            switch outcome {
            case .accepted(let lifetime): "\(fault.endpoint) \(String(describing: lifetime))"
            case .failed(let failure):
                "\(fault.endpoint) \(fault.takes) \(failure.label) \(failure.isUnanswered) "
                    + String(describing: failure.retryAfter)
            }
        if let days = known.withLock({ $0[key] }) { return days }
        let days = try FaultDays(fault, outcome, files)
        known.withLock { $0[key] = days }
        return days
    }

    private init(_ fault: FaultCase, _ outcome: FaultCase.Outcome, _ files: ProfileFiles) throws {
        for seed in UInt64(1)...2 {
            var day = FaultDay(
                fault, outcome, during: 0..<FaultDay.day, hasCredentials: fault.endpoint == .token, seed: seed)
            day.run(until: FaultDay.day / 2)
            clientError = try Self.clientError(day, files)
            day.run(until: FaultDay.day)
            callsInADay.append(day.calls[fault.endpoint]?.count ?? 0)
            day.run(until: Self.end)
            cold.append(day)

            var served = FaultDay(fault, outcome, during: 1..<FaultDay.day, hasCredentials: true, seed: seed)
            served.run(until: FaultDay.hour)
            if fault.endpoint == .register { served.force() }
            served.run(until: FaultDay.lifetime - AccessToken.minimumService / .seconds(1))
            secondsNotServed = max(secondsNotServed, served.secondsWithoutToken)
            callsWhileServing.append((served.calls[fault.endpoint] ?? []).count { $0 > 1 })
            served.run(until: Self.end)
            serving.append(served)
        }
    }

    private static func clientError(_ day: FaultDay, _ files: ProfileFiles) throws -> String? {
        let profile = ProfileSnapshot(name: "default", lifecycle: day.lifecycle)
        if profile.servableToken(at: day.now) != nil { return nil }
        return profile.refusal == nil ? ErrorCode.temporarilyUnavailable.rawValue : "registration_refused"
    }
}
