import BearerCore
import Testing

@Suite struct RegistrationHistoryTests {
    static let sent = ClockReading.origin.boot

    static let pauses: [(unanswered: Int, minutes: Int)] = [
        (0, 0), (1, 0), (2, 0), (3, 1), (4, 2), (5, 4), (6, 8), (7, 16), (8, 32), (9, 60), (10, 60), (64, 60),
        (.max, 60),
    ]

    @Test("after three unanswered registrations the next waits 1, 2, 4 … 60 minutes", arguments: pauses)
    func pause(unanswered: Int, minutes: Int) {
        let history = RegistrationHistory(unanswered: unanswered, lastIntent: Self.sent)
        #expect(history.hold(at: Self.sent) == .seconds(60 * minutes))
        #expect(history.hold(at: Self.sent + .seconds(60 * minutes)) == .zero)
        #expect(history.hold(at: Self.sent + .seconds(86_400 * 365)) == .zero)
        if minutes > 0 { #expect(history.hold(at: Self.sent + .seconds(60 * minutes - 1)) == .seconds(1)) }
    }

    @Test("a count without a time holds nothing")
    func noTime() {
        #expect(RegistrationHistory(unanswered: 9).hold(at: Self.sent) == .zero)
    }

    /// Seconds since the last replacement, and whether another is allowed.
    static let ages: [(age: Double, allowed: Bool)] = [(0, false), (86_399, false), (86_400, true), (1e9, true)]

    @Test("credentials are replaced at most once in 24 hours", arguments: ages)
    func replacement(age: Double, allowed: Bool) {
        let history = RegistrationHistory(lastReplacement: Self.sent)
        #expect(history.mayReplace(at: Self.sent + .seconds(age)) == allowed)
        #expect(RegistrationHistory().mayReplace(at: Self.sent + .seconds(age)))
    }

    @Test(
        "what could be recorded nowhere counts as three, or as one of more",
        arguments: [(0, 60), (1, 60), (3, 60), (5, 240)])
    func unwritten(unanswered: Int, hold: Int) {
        var history = RegistrationHistory(unanswered: unanswered)
        history.recordUnwritten(at: Self.sent)
        #expect(history.hold(at: Self.sent) == .seconds(hold))
        history.recordAnswer()
        #expect(history.hold(at: Self.sent) == .zero)
    }

    @Test("an intent counts until an answer comes; a replacement is remembered")
    func counting() {
        var history = RegistrationHistory(lastReplacement: .seconds(5))
        history.recordIntent(replacing: false, at: .seconds(10))
        history.recordIntent(replacing: false, at: .seconds(20))
        #expect(history == RegistrationHistory(unanswered: 2, lastIntent: .seconds(20), lastReplacement: .seconds(5)))
        history.recordIntent(replacing: true, at: .seconds(30))
        #expect(history == RegistrationHistory(unanswered: 3, lastIntent: .seconds(30), lastReplacement: .seconds(30)))
        history.recordAnswer()
        #expect(history == RegistrationHistory(lastReplacement: .seconds(30)))
    }

    @Test("a loss moves the times to where it was noticed", arguments: [true, false])
    func loss(replacing: Bool) {
        var history = RegistrationHistory(unanswered: 1, lastIntent: .seconds(10), lastReplacement: .seconds(5))
        history.recordLoss(replacing: replacing, at: .seconds(25))
        let expected = RegistrationHistory(
            unanswered: 1, lastIntent: .seconds(25), lastReplacement: .seconds(replacing ? 25 : 5))
        #expect(history == expected)
    }
}
