import BearerCore
import Testing

@Suite struct LifecycleRejectionTests {
    enum Step: Equatable {
        case renewal
        /// A client of this user has the current token turned down; whether the journal must be told.
        case rejection(UInt32, told: Bool)
    }

    struct Story: CustomTestStringConvertible {
        let name: String
        let steps: [Step]

        var testDescription: String { name }
    }

    private static func no(_ user: UInt32) -> Step { .rejection(user, told: false) }
    private static func yes(_ user: UInt32) -> Step { .rejection(user, told: true) }

    static let stories = [
        Story(
            name: "one user alone is never news",
            steps: [no(1), .renewal, no(1), no(1), .renewal, no(1), .renewal, no(1)]),
        Story(name: "two users of one generation are not", steps: [no(1), no(2), no(3)]),
        Story(name: "another user of the next generation is", steps: [no(1), .renewal, yes(2)]),
        Story(name: "root and the overflow user are users like others", steps: [no(65_534), .renewal, yes(0)]),
        Story(name: "it is told once for a generation", steps: [no(1), .renewal, yes(2), no(2), no(3), no(1)]),
        Story(
            name: "it is reported once for generations in a row",
            steps: [no(1), .renewal, yes(2), .renewal, no(1), .renewal, no(2), .renewal, no(3)]),
        Story(name: "a generation in between was good", steps: [no(1), .renewal, .renewal, no(2)]),
        Story(
            name: "after a good generation it is told again",
            steps: [no(1), .renewal, yes(2), .renewal, .renewal, no(3), .renewal, no(3), yes(1)]),
        Story(
            name: "the same user first, then another",
            steps: [no(1), .renewal, no(1), no(1), yes(2)]),
        Story(name: "the second user of the generation before counts", steps: [no(1), no(2), .renewal, yes(1)]),
        Story(name: "so does the first", steps: [no(1), no(2), .renewal, yes(2)]),
        Story(name: "a client that rejects the same token twice counts once", steps: [no(1), no(1), .renewal, no(1)]),
        Story(name: "and leaves room for another user", steps: [no(1), no(1), no(2), .renewal, yes(1)]),
        Story(
            name: "two generations ago is too long ago",
            steps: [no(1), .renewal, no(2 - 1), .renewal, no(1), .renewal, yes(2)]),
        Story(name: "the first token too", steps: [.renewal, no(1), .renewal, yes(2)]),
    ]

    @Test("tokens are no good when users of two successive ones say so", arguments: stories)
    func story(_ story: Story) {
        var lifecycle = Scenario("", LifecycleRenewalTests.served).play()
        var now = 0.0
        for (index, step) in story.steps.enumerated() {
            switch step {
            case .renewal:
                now += 500
                renew(&lifecycle, at: now)
            case .rejection(let user, let told):
                let generation = lifecycle.generation
                let expected: [LifecycleAction] = told ? [.report(.freshTokenRejected(generation: generation))] : []
                let actions = lifecycle.recordRejection(by: user, at: .at(now))
                #expect(actions == expected, "step \(index + 1) of \(story.name)")
            }
        }
    }

    @Test("without a token there is nothing to turn down")
    func withoutToken() {
        var lifecycle = TokenLifecycle.sample()
        let before = lifecycle
        #expect(lifecycle.recordRejection(by: 1, at: .at(0)) == [])
        #expect(lifecycle == before)
    }

    @Test("what is remembered does not grow with the number of users")
    func bounded() {
        var lifecycle = Scenario("", LifecycleRenewalTests.served).play()
        for user in UInt32(1)...2 { _ = lifecycle.recordRejection(by: user, at: .at(0)) }
        let before = lifecycle
        for user in UInt32(3)...1_000 { _ = lifecycle.recordRejection(by: user, at: .at(0)) }
        #expect(lifecycle == before)
    }

    @Test("what was told lasts until a token was renewed without having been turned down")
    func lasting() {
        var lifecycle = Scenario("", LifecycleRenewalTests.served).play()
        _ = lifecycle.recordRejection(by: 1, at: .at(100))
        #expect(lifecycle.freshTokensRejectedSince == nil)
        renew(&lifecycle, at: 500)
        _ = lifecycle.recordRejection(by: 2, at: .at(501))
        #expect(lifecycle.freshTokensRejectedSince == .at(501))
        renew(&lifecycle, at: 1_000)
        _ = lifecycle.recordRejection(by: 2, at: .at(1_001))
        renew(&lifecycle, at: 1_500)
        #expect(lifecycle.freshTokensRejectedSince == .at(501))
        renew(&lifecycle, at: 2_000)
        #expect(lifecycle.freshTokensRejectedSince == nil)
    }

    private func renew(_ lifecycle: inout TokenLifecycle, at seconds: Double) {
        let actions = lifecycle.handle(.deadline, at: .at(seconds), random: 0)
        guard case .send(let exchange)? = actions.last else {
            Issue.record("no renewal at \(seconds)")
            return
        }
        let grant = LifecycleEvent.granted(exchange: exchange.id, .lasting(1_000), sentAt: .at(seconds))
        _ = lifecycle.handle(grant, at: .at(seconds), random: 0)
    }
}
