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
            limit.isDue(.accessDenied, of: .uid(1), at: .seconds(100)),
            limit.isDue(.accessDenied, of: .uid(1), at: .seconds(159)),
            limit.isDue(.accessDenied, of: .uid(2), at: .seconds(159)),
            limit.isDue(.accessDenied, of: .unit("1"), at: .seconds(159)),
            limit.isDue(.connectionsLimited, of: .uid(1), at: .seconds(159)),
            limit.isDue(.accessDenied, of: .uid(1), at: .seconds(160)),
            limit.isDue(.accessDenied, of: .uid(1), at: .seconds(161)),
        ]
        #expect(due == [true, false, true, true, true, true, false])
    }

    @Test("thousands of users at once are dropped rather than remembered, and room comes back")
    func capacity() {
        var limit = ComplaintLimit()
        let due = (0..<5000).count { limit.isDue(.accessDenied, of: .uid($0), at: .seconds(1)) }
        #expect(due == 1024)
        let later = limit.isDue(.accessDenied, of: .uid(9999), at: .seconds(62))
        #expect(later)
    }
}

@Suite("Audit") struct AuditTests {
    @Test("a user is told of once a generation, a unit of the same name apart")
    func generations() {
        var audit = Audit()
        let first = [
            audit.isFirst(.uid(1), generation: 1), audit.isFirst(.uid(1), generation: 1),
            audit.isFirst(.unit("1"), generation: 1), audit.isFirst(.uid(1), generation: 2),
            audit.isFirst(.uid(1), generation: 2), audit.isFirst(.unit("1"), generation: 2),
        ]
        #expect(first == [true, false, true, true, false, true])
    }

    @Test(
        "in the journal it is a uid or a unit",
        arguments: [
            (Audit.User.uid(1000), "uid 1000"), (.unit("a.service"), "a.service"),
        ])
    func description(user: Audit.User, text: String) {
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

@Suite("TokenReplies") struct TokenRepliesTests {
    private let start = Moment(boot: .seconds(1000), wall: .seconds(1_700_000_000))

    @Test("what it answers is what encoding anew would, whatever time and token")
    func fuzz() {
        var random = SeededGenerator(seed: 7)
        let cache = TokenReplies()
        var token = AccessToken.sample("one", since: start)
        var now = start
        for step in 0..<2000 {
            if step % 100 == 99 {
                token = .sample("token-\(step)", generation: token.generation + 1, since: start)
            } else {
                now = now.advanced(by: .milliseconds(Int64.random(in: 0...1500, using: &random)))
            }
            let fresh = TokenReply(token, profile: "p", at: now)
            guard case .token(let cached)? = try? parsed(cache.line(for: token, profile: "p", at: now)) else {
                Issue.record("no token reply")
                return
            }
            #expect(cached.token == fresh.token && cached.expiresIn == fresh.expiresIn)
            #expect(abs(cached.expiresAt - fresh.expiresAt) <= 1)
        }
    }

    private func parsed(_ line: [UInt8]) throws -> Reply {
        try Reply.parse(line: line.dropLast())
    }
}
