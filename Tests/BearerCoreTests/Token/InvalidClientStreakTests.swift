import BearerCore
import Testing

@Suite struct InvalidClientStreakTests {
    /// When the answers came, and whether they are believed at the last of them.
    static let streaks: [(answers: [Double], confirmed: Bool)] = [
        ([], false), ([0], false), ([0, 60], false), ([0, 3_600], false), ([0, 1, 2], false), ([0, 30, 59.9], false),
        ([0, 30, 60], true), ([0, 60, 60], true), ([0, 0, 60], true), ([5, 10, 15, 20, 25, 64], false),
        ([5, 10, 15, 20, 25, 65], true), ([0, 1e6, 2e6], true),
    ]

    @Test("three answers over at least a minute confirm it", arguments: streaks)
    func confirmation(answers: [Double], confirmed: Bool) {
        var streak = InvalidClientStreak()
        for answer in answers { streak.recordAnswer(at: .seconds(answer)) }
        #expect(streak.count == answers.count)
        #expect(streak.isConfirmed(at: .seconds(answers.last ?? 1e9)) == confirmed)
    }
}
