import BearerConfiguration
import BearerCore
import BearerProtocol
import TestSupport
import Testing

@testable import BearerService

@Suite("ComplaintLimit") struct ComplaintLimitTests {
    @Test("one of a kind and user a minute")
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
    @Test("a user is told of once a generation, a unit of the same name apart")
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

@Suite("What a unit gets instead of a token") struct CredentialFailureTests {
    @Test("more than systemd takes, or nothing")
    func bytes() {
        #expect(CredentialSocketConfiguration.Failure.fail.bytes.count == 1_048_577)
        #expect(CredentialSocketConfiguration.Failure.fail.bytes.allSatisfy { $0 == 0 })
        #expect(CredentialSocketConfiguration.Failure.empty.bytes.isEmpty)
    }
}
