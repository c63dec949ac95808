import Testing

@testable import BearerService

@Suite("ComplaintLimit") struct ComplaintLimitTests {
    @Test("one entry per minute of an event and user")
    func interval() {
        var limit = ComplaintLimit()
        let due = [
            limit.admit(.accessDenied, of: .uid(1), at: .seconds(100)),
            limit.admit(.accessDenied, of: .uid(1), at: .seconds(159)),
            limit.admit(.accessDenied, of: .uid(2), at: .seconds(159)),
            limit.admit(.accessDenied, of: .unit("1"), at: .seconds(159)),
            limit.admit(.connectionsLimited, of: .uid(1), at: .seconds(159)),
            limit.admit(.accessDenied, of: .uid(1), at: .seconds(160)),
            limit.admit(.accessDenied, of: .uid(1), at: .seconds(161)),
        ]
        #expect(due == [true, false, true, true, true, true, false])
    }

    @Test("thousands of users at once are dropped rather than remembered, and room comes back")
    func capacity() {
        var limit = ComplaintLimit()
        let due = (0..<5000).count { limit.admit(.accessDenied, of: .uid($0), at: .seconds(1)) }
        #expect(due == 1024)
        let later = limit.admit(.accessDenied, of: .uid(9999), at: .seconds(62))
        #expect(later)
    }
}

@Suite("Audit") struct AuditTests {
    @Test("a user is recorded once per generation, and so is a unit of the same name")
    func generations() {
        var audit = Audit()
        let first = [
            audit.record(.uid(1), generation: 1), audit.record(.uid(1), generation: 1),
            audit.record(.unit("1"), generation: 1), audit.record(.uid(1), generation: 2),
            audit.record(.uid(1), generation: 2), audit.record(.unit("1"), generation: 2),
        ]
        #expect(first == [true, false, true, true, false, true])
    }

    @Test(
        "in the journal it is a uid or a unit",
        arguments: [
            (ClientLog.User.uid(1000), "uid 1000"), (.unit("a.service"), "a.service"),
        ])
    func description(user: ClientLog.User, text: String) {
        #expect("\(user)" == text)
    }
}
