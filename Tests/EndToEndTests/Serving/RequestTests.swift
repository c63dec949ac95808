import BearerJSON
import Testing

extension EndToEnd {
    @Suite("Requests")
    struct RequestTests {
        @Test(
            "what is wrong with a request is said, and the connection goes on",
            arguments: [
                ("garbage", "invalid_request"), ("[]", "invalid_request"), ("{}", "invalid_request"),
                (#"{"op":"tokn"}"#, "invalid_request"), (#"{"op":"token","waitt":1}"#, "invalid_request"),
                (#"{"op":"token","wait":"1"}"#, "invalid_request"), (#"{"op":"token","wait":301}"#, "invalid_request"),
                (#"{"op":"token","op":"token"}"#, "invalid_request"),
                (#"{"op":"token","profile":"nobody"}"#, "unknown_profile"),
                (#"{"op":"token","min_valid":90000}"#, "invalid_request"),
                (#"{"op":"renew"}"#, "invalid_request"),
            ])
        func mistakes(request: String, error: String) async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                _ = try await daemon.token()
                let (reply, next) = try await blocking {
                    let connection = try Connection(to: daemon.socket)
                    return (try connection.ask(request), try connection.ask(#"{"op":"token"}"#))
                }
                #expect(reply.error == error)
                #expect(reply["error_description"]?.string?.isEmpty == false)
                #expect(next.token != nil)
            }
        }

        @Test("the token's reply says what is left, in whole seconds")
        func tokenReply() async throws {
            try await Host.run(.lifetime(100)) { host in
                let daemon = try await host.start()
                let reply = try await daemon.ask(#"{"op":"token","id":"x"}"#)
                #expect(reply["token_type"]?.string == "bearer")
                #expect(reply["profile"]?.string == "default")
                #expect(reply["id"]?.string == "x")
                #expect((95...99).contains(try #require(reply["expires_in"]?.wholeNumber)))
                #expect(reply["expires_at"]?.wholeNumber != nil)
            }
        }
    }
}
