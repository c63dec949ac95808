import BearerCore
import BearerLoop
import BearerProtocol
import TestSupport
import Testing

@testable import BearerService

@Suite("RegistrationOrders", .timeLimit(.minutes(1))) struct RegistrationOrdersTests {
    private enum Event {
        case comes
        case leaves(Int)
        case timePasses(Duration)
        case isSent
        case ends

        static func random(clients: Int, using random: inout SeededGenerator) -> Event {
            switch Int.random(in: 0..<10, using: &random) {
            case 0...2: .comes
            case 3...5 where clients > 0: .leaves(.random(in: 0..<clients, using: &random))
            case 8: .isSent
            case 9: .ends
            default: .timePasses(.seconds(Int64.random(in: 1...50, using: &random)))
            }
        }
    }

    /// What can be seen of orders.
    private struct Outcome: Equatable, Sendable {
        var waiting = 0
        var withdrawals = 0
        /// By the number of the client.
        var answers: [Int: String] = [:]
    }

    /// Orders with a registration that does as it is told. Lives on the loop.
    private final class Orders: OrderedRegistration {
        let orders: RegistrationOrders
        var cancels: [() -> Void] = []
        var isRegistrationSent = false
        private var seen = Outcome()

        init(on loop: ServingLoop) {
            orders = RegistrationOrders(on: loop)
        }

        var outcome: Outcome {
            seen.waiting = orders.count
            return seen
        }

        func withdrawRegistration() { seen.withdrawals += 1 }

        func unavailable(_ lack: String) -> ErrorReply { ErrorReply(.temporarilyUnavailable, lack) }

        func take(_ event: Event) {
            switch event {
            case .comes:
                let client = cancels.count
                cancels.append(
                    orders.add(for: self) { [self] reply in
                        let answer = String(decoding: reply.line(id: nil), as: UTF8.self)
                        seen.answers[client, default: ""] += answer.contains("withdrawn") ? "late" : "ended"
                    })
            case .leaves(let client): cancels[client]()
            case .timePasses: break
            case .isSent: isRegistrationSent = true
            case .ends:
                isRegistrationSent = false
                orders.end(with: ErrorReply.stopping)
            }
        }
    }

    /// What is expected of them.
    private struct Rules {
        private(set) var clients = 0
        private var now = Duration.zero
        private var deadlines: [Int: Duration] = [:]
        private var isSent = false
        private var expected = Outcome()

        mutating func outcome(after event: Event) -> Outcome {
            let before = deadlines.count
            switch event {
            case .comes:
                deadlines[clients] = now + .seconds(60)
                clients += 1
            case .leaves(let client): deadlines[client] = nil
            case .timePasses(let time):
                now += time
                for (client, deadline) in deadlines where deadline <= now && !isSent {
                    deadlines[client] = nil
                    expected.answers[client] = "late"
                }
            case .isSent: isSent = true
            case .ends:
                for client in deadlines.keys { expected.answers[client] = "ended" }
                deadlines = [:]
                isSent = true
            }
            if before > 0, deadlines.isEmpty, !isSent { expected.withdrawals += 1 }
            if case .ends = event { isSent = false }
            expected.waiting = deadlines.count
            return expected
        }
    }

    @Test(
        "each is answered once, unless it goes away; what was sent is waited for, what nobody waits for is withdrawn",
        arguments: 1...20 as ClosedRange<UInt64>)
    func randomEvents(seed: UInt64) async throws {
        try await TestLoop.run { test in
            let orders = Box(Orders(on: test.loop))
            var (random, rules) = (SeededGenerator(seed: seed), Rules())
            for step in 0..<200 {
                let event = Event.random(clients: rules.clients, using: &random)
                if case .timePasses(let time) = event { try await test.advance(by: time) }
                let outcome = try await test.perform { _ in
                    orders.value.take(event)
                    return orders.value.outcome
                }
                try #require(outcome == rules.outcome(after: event), "step \(step): \(event)")
            }
        }
    }

    @Test(
        "without force only a profile without credentials registers, and one that is given them never does",
        arguments: [
            (false, false, false, nil), (false, true, false, "\"force\": true"), (true, true, false, nil),
            (true, true, true, "never registers"), (false, true, true, "never registers"),
        ])
    func check(force: Bool, hasCredentials: Bool, isGiven: Bool, refusal: String?) throws {
        let profile = isGiven ? try ResolvedProfile.sample().given(.unknown) : try .sample()
        var found: String?
        do throws(ErrorReply) {
            try RegistrationOrders.check(force: force, profile, hasCredentials: hasCredentials)
        } catch {
            found = error.description
        }
        if let refusal { #expect(found?.contains(refusal) == true) } else { #expect(found == nil) }
    }
}
