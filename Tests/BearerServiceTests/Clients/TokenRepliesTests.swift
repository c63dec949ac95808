import BearerCore
import BearerProtocol
import TestSupport
import Testing

@testable import BearerService

@Suite("TokenReplies") struct TokenRepliesTests {
    private let start = ClockReading(boot: .seconds(1000), wall: .seconds(1_700_000_000))

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

    @Test("a reply is given again within its second, and then no more")
    func again() {
        let replies = TokenReplies()
        let token = AccessToken.sample(lasting: .seconds(100), since: start)
        let now = start.advanced(by: .milliseconds(300))
        let line = replies.line(for: token, profile: "p", at: now)
        let repeated = RepeatedToken(replies)
        #expect(repeated.reply(at: now) == line)
        #expect(repeated.reply(at: start.advanced(by: .seconds(1))) == line)
        #expect(repeated.reply(at: start.advanced(by: .milliseconds(1001))) == nil)
        #expect(repeated.reply(at: start) == nil, "more is left than it says")
        #expect(replies.repetitions == 2)
    }

    @Test("never one with a second left or less, by either clock")
    func expired() {
        let replies = TokenReplies()
        let token = AccessToken.sample(lasting: .seconds(100), since: start)
        let last = start.advanced(by: .milliseconds(98_999))
        let line = replies.line(for: token, profile: "p", at: last)
        let repeated = RepeatedToken(replies)
        #expect(repeated.reply(at: last) == line)
        #expect(repeated.reply(at: start.advanced(by: .seconds(99))) == nil)
        #expect(repeated.reply(at: ClockReading(boot: last.boot, wall: last.wall + .seconds(3600))) == nil)
        #expect(repeated.reply(at: ClockReading(boot: last.boot + .seconds(3600), wall: last.wall)) == nil)
    }

    @Test("what was given out before something changed holds no more, even when there is a reply again")
    func forgotten() {
        let replies = TokenReplies()
        let token = AccessToken.sample(since: start)
        _ = replies.line(for: token, profile: "p", at: start)
        let before = RepeatedToken(replies)
        replies.forget()
        #expect(before.reply(at: start) == nil && RepeatedToken(replies).reply(at: start) == nil)
        let line = replies.line(for: token, profile: "p", at: start)
        #expect(before.reply(at: start) == nil)
        #expect(RepeatedToken(replies).reply(at: start) == line)
    }

    private func parsed(_ line: [UInt8]) throws -> Reply {
        try Reply.parse(line: line.dropLast())
    }
}
