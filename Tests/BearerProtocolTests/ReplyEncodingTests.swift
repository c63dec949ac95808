import BearerCore
import BearerProtocol
import Testing

@Suite struct ReplyEncodingTests {
    private let token = TokenReply(
        token: Secret("a.b/c="), expiresIn: 69_120, expiresAt: 1_763_980_000, profile: "default")

    @Test("a token reply has the members of the protocol in their order")
    func tokenReply() {
        let members =
            #""access_token":"a.b/c=","token_type":"bearer","expires_in":69120,"expires_at":1763980000,"profile":"default""#
        #expect(text { token.encode(id: nil, into: &$0) } == "{\(members)}\n")
        #expect(text { token.encode(id: RequestID("x"), into: &$0) } == "{\(members),\"id\":\"x\"}\n")
        var watched = token
        watched.generation = 3
        #expect(text { watched.encode(id: RequestID(1), into: &$0) } == "{\(members),\"generation\":3,\"id\":1}\n")
    }

    @Test(
        "a time to wait is rounded up to whole seconds, at least one",
        arguments: [
            (.zero, 1), (.milliseconds(1), 1), (.seconds(1), 1), (.milliseconds(1001), 2), (.seconds(30), 30),
            (.nanoseconds(29_000_000_001), 30), (.seconds(-5), 1), (.milliseconds(-1), 1),
            (.seconds(Int64.max) + .milliseconds(1), 2_147_483_647),
        ] as [(Duration, Int64)])
    func retryAfter(duration: Duration, seconds: Int64) {
        let reply = ErrorReply(.slowDown, "d", retryAfter: duration)
        let expected = #"{"error":"slow_down","error_description":"d","retry_after":\#(seconds)}"#
        #expect(text { reply.encode(id: nil, into: &$0) } == expected + "\n")
    }

    @Test("an error reply without a time to wait has none, and is one line whatever its description holds")
    func errorReply() {
        let reply = ErrorReply(.invalidRequest, "a\n\"b\"")
        let expected = #"{"error":"invalid_request","error_description":"a\n\"b\"","id":9}"#
        #expect(text { reply.encode(id: RequestID(9), into: &$0) } == expected + "\n")
    }

    @Test("the codes are the closed list of the protocol")
    func codes() {
        #expect(
            ErrorCode.allCases.map(\.rawValue) == [
                "invalid_request", "request_too_large", "unknown_profile", "access_denied", "slow_down",
                "temporarily_unavailable", "registration_refused", "server_error",
            ])
    }

    @Test("the small replies")
    func smallReplies() {
        #expect(
            text { ShortReply.pong(version: "1.0").encode(id: nil, into: &$0) } == #"{"pong":true,"version":"1.0"}"#
                + "\n")
        #expect(text { ShortReply.reloaded.encode(id: RequestID(1), into: &$0) } == #"{"reloaded":true,"id":1}"# + "\n")
        let registered =
            #"{"registered":true,"profile":"tv","client_id":"c","notice":"\#(ShortReply.registrationNotice)"}"#
        #expect(
            text { ShortReply.registered(profile: "tv", clientID: "c").encode(id: nil, into: &$0) } == registered + "\n"
        )
    }

    @Test("an export reply is read as it is written, and the client alone is what the configuration takes")
    func exportReply() {
        let reply = ExportReply(profile: "tv", clientID: #"c"\"#, clientSecret: Secret(#"s"\/"#))
        let client = #""client_id":"c\"\\","client_secret":"s\"\\/""#
        let line = reply.line(id: RequestID(4)).withBytes { String(decoding: $0, as: UTF8.self) }
        #expect(line == "{\(client),\"profile\":\"tv\",\"id\":4}\n")
        #expect(text { reply.encodeClient(into: &$0) } == "{\(client)}")
        #expect(Array(line.utf8.dropLast()).withUnsafeBytes { ExportReply(line: $0) } == reply)
    }

    @Test(
        "what is no export reply is none",
        arguments: [
            "", "{}", #"{"error":"access_denied"}"#, #"{"client_id":"a","profile":"b"}"#,
            #"{"client_id":"a","client_secret":1,"profile":"b"}"#, #"{"client_id":"a","client_secret":"s"}"#,
        ])
    func noExportReply(line: String) {
        #expect(Array(line.utf8).withUnsafeBytes { ExportReply(line: $0) } == nil)
    }

    @Test("a reply is appended to what is there, so that replies to pipelined requests go out at once")
    func appended() {
        let both = text {
            ShortReply.pong(version: "1").encode(id: RequestID(1), into: &$0)
            ShortReply.pong(version: "1").encode(id: RequestID(2), into: &$0)
        }
        #expect(both == "{\"pong\":true,\"version\":\"1\",\"id\":1}\n{\"pong\":true,\"version\":\"1\",\"id\":2}\n")
    }
}
