import BearerCore
import BearerProtocol
import TestSupport
import Testing

@testable import BearerService

@Suite("RepeatedRequest") struct RepeatedRequestTests {
    private let start = ClockReading(boot: .seconds(1000), wall: .seconds(1_700_000_000))

    private func token(_ profile: String) -> (RepeatedToken, line: [UInt8]) {
        let replies = TokenReplies()
        let line = replies.line(for: .sample("of-\(profile)", since: start), profile: profile, at: start)
        return (RepeatedToken(replies), line)
    }

    private func reply(_ requests: RepeatedRequest, _ line: String) -> [UInt8]? {
        Array(line.utf8).withUnsafeBytes { requests.reply(to: $0) { start } }
    }

    @Test("the same line is answered by the same, another is not")
    func same() throws {
        let requests = RepeatedRequest()
        let usual = #"{"op":"token"}"#
        #expect(reply(requests, usual) == nil)
        for line in [usual, #"{"op":"token","profile":"b"}"#] {
            _ = try requests.read(Array(line.utf8)[...])
            let (token, bytes) = token(line)
            requests.remember(token)
            #expect(reply(requests, line) == bytes)
            #expect(reply(requests, line + " ") == nil && reply(requests, "") == nil)
        }
        #expect(reply(requests, usual) == nil, "the line before is forgotten")
    }

    @Test(
        "a token that was given for a line that is not remembered is not given for the one that is",
        arguments: [
            #"{"op":"token","profile":"other"}"# + String(repeating: " ", count: 64), #"{"op":"ping"}"#,
            #"{"op":"renew","rejected":"x"}"#,
        ])
    func other(line: String) throws {
        let requests = RepeatedRequest()
        let usual = #"{"op":"token"}"#
        _ = try requests.read(Array(usual.utf8)[...])
        let (first, bytes) = token("first")
        requests.remember(first)
        _ = try requests.read(Array(line.utf8)[...])
        requests.remember(token("other").0)
        #expect(reply(requests, line) == nil)
        #expect(reply(requests, usual) == bytes)
    }

    @Test("what is no request is an error each time")
    func errors() {
        let requests = RepeatedRequest()
        for _ in 0..<2 {
            #expect(throws: RequestError.self) { try requests.read(Array("{}".utf8)[...]) }
            #expect(reply(requests, "{}") == nil)
        }
    }
}
