import BearerCore
import BearerJSON
import BearerProtocol
import TestSupport
import Testing

@Suite struct ReplyParsingTests {
    @Test("what the daemon writes is what a client reads", arguments: [nil, 4] as [Int64?])
    func token(generation: Int64?) throws {
        let reply = TokenReply(
            token: Secret("a/b="), expiresIn: 1, expiresAt: 2, profile: "tv", generation: generation)
        #expect(try read { reply.encode(id: RequestID("x"), into: &$0) } == .token(reply))
    }

    @Test("each error is read", arguments: ErrorCode.allCases)
    func error(code: ErrorCode) throws {
        for retryAfter in [nil, Duration.seconds(30)] {
            let reply = ErrorReply(code, "why", retryAfter: retryAfter)
            #expect(try read { reply.encode(id: nil, into: &$0) } == .error(reply))
        }
    }

    @Test("any other object is read as it is")
    func other() throws {
        let reply = try read { ShortReply.pong(version: "1").encode(id: nil, into: &$0) }
        #expect(reply == .other(["pong": true, "version": "1"]))
    }

    @Test("an error of a newer daemon is a server error; members that are not known are passed over")
    func newer() throws {
        #expect(try read(#"{"error":"new","x":[]}"#) == .error(ErrorReply(.serverError, "")))
        let token = TokenReply(token: Secret("t"), expiresIn: 1, expiresAt: 2, profile: "p")
        let line = #"{"new":{},"profile":"p","expires_at":2,"access_token":"t","expires_in":1}"#
        #expect(try read(line) == .token(token))
    }

    @Test(
        "what is no reply is refused without showing it",
        arguments: [
            ("", "the reply is not a JSON object: at byte 0: found the end of the input, expected '{'"),
            (
                #"{"access_token":"a\nb","profile":"p","expires_in":1,"expires_at":2}"#,
                "access_token holds what no token has: expected a b64token of RFC 6750"
            ),
            ("[]", "the reply is not a JSON object: at byte 0: found '[', expected '{'"),
            (#"{"access_token":5}"#, "the reply is not a JSON object: at byte 16: found '5', expected a string"),
            (
                #"{"access_token":"canary","access_token":"b"}"#,
                "the reply is not a JSON object: at byte 25: found the key 'access_token' a second time, "
                    + "expected each key once"
            ),
            (#"{"access_token":"canary"}"#, "the reply's expires_in: found nothing, expected a whole number"),
            (
                #"{"access_token":"canary","expires_in":"canary"}"#,
                "the reply's expires_in: found a string, expected a whole number"
            ),
            (#"{"error":null}"#, "the reply's error: found null, expected a string"),
        ])
    func refused(line: String, description: String) {
        let error = #expect(throws: ReplyError.self) { try read(line) }
        #expect(error?.description == description)
    }
}

private func read(_ line: String) throws(ReplyError) -> Reply {
    try Reply.parse(line: Array(line.utf8)[...])
}

private func read(_ encode: (inout [UInt8]) -> Void) throws(ReplyError) -> Reply {
    var bytes: [UInt8] = []
    encode(&bytes)
    return try Reply.parse(line: bytes.dropLast())
}
