import BearerCore
import Testing

@testable import BearerUpstream

@Suite("Replies of the token endpoint")
struct TokenResponseTests {
    private func outcome(_ body: String, status: Int = 201) -> Result<TokenGrant, ExchangeFailure> {
        Result { () throws(ExchangeFailure) in
            try TokenResponse.grant(in: HTTPReply(status: status, body: .text(body)), now: .zero)
        }
    }

    private func refusal(_ body: String) -> ExchangeFailure? {
        if case .failure(let failure) = outcome(body) { failure } else { nil }
    }

    @Test("the documented reply is granted, by any 2xx", arguments: [200, 201, 202, 299])
    func documented(status: Int) throws {
        let body = """
            {"access_token":"eyJ0eXAi.abc-_~+/==","token_type":"bearer","expires_in":21600,
             "created_at":1763980000000,"id":"5a2f","refresh_token":"never used","more":{"access_token":"x"}}
            """
        let grant = try outcome(body, status: status).get()
        #expect(grant == TokenGrant(value: Secret("eyJ0eXAi.abc-_~+/=="), lifetime: .seconds(21_600)))
    }

    static let tokens: [(String, String?)] = [
        (#""a""#, nil), (#""a=""#, nil), (#""\u0061\/b""#, nil),
        (#""\#(String(repeating: "a", count: 8192))""#, nil),
        (#""\#(String(repeating: "a", count: 8193))""#, "access_token has 8193 bytes"),
        (#""""#, "access_token is empty"), (#""=""#, "access_token is of another form"),
        (#""a=b""#, "access_token is of another form"), (#""a b""#, "access_token is of another form"),
        (#""a\n""#, "access_token is of another form"), (#""ä""#, "access_token is of another form"),
        (#""a\u0000""#, "access_token is of another form"), (#""a,b""#, "access_token is of another form"),
        ("null", "access_token is null"), ("7", "access_token is a number"),
        (#"["a"]"#, "access_token is an array"),
    ]

    @Test("access_token is a b64token of 1 to 8192 bytes", arguments: tokens)
    func token(json: String, found: String?) {
        let failure = refusal(#"{"access_token":\#(json),"token_type":"bearer","expires_in":60}"#)
        #expect(failure?.detail == found.map { "\($0), expected a b64token of 1 to 8192 bytes" })
        #expect(failure?.reason == found.map { _ in .unexpectedReply })
    }

    static let types: [(String, String?)] = [
        (#""bearer""#, nil), (#""Bearer""#, nil), (#""BEARER""#, nil),
        (#""mac""#, "token_type is another than bearer"), (#""""#, "token_type is another than bearer"),
        (#"" bearer""#, "token_type is another than bearer"), ("null", "token_type is null, expected bearer"),
        ("1", "token_type is a number, expected bearer"),
    ]

    @Test("token_type is bearer in any case", arguments: types)
    func type(json: String, detail: String?) {
        #expect(refusal(#"{"access_token":"a","token_type":\#(json),"expires_in":60}"#)?.detail == detail)
    }

    @Test(
        "each of the three members is required",
        arguments: [
            (#"{"token_type":"bearer","expires_in":60}"#, "access_token is missing"),
            (#"{"access_token":"a","expires_in":60}"#, "token_type is missing"),
            (#"{"access_token":"a","token_type":"bearer"}"#, "expires_in is missing"),
            ("{}", "access_token is missing"),
        ])
    func missing(body: String, found: String) throws {
        let failure = try #require(refusal(body))
        #expect(failure.detail.hasPrefix("\(found), expected "))
        #expect(!failure.isUnanswered)
    }

    @Test("a repeated member is refused")
    func repeated() {
        let body = #"{"access_token":"a","access_token":"b","token_type":"bearer","expires_in":60}"#
        #expect(refusal(body)?.reason == .unexpectedReply)
    }

    @Test("no failure tells the token", arguments: [",", "}", #","token_type":"mac"}"#, #","token_type":"S3CRET"}"#])
    func redaction(rest: String) throws {
        let failure = try #require(refusal(#"{"access_token":"S3CRET"\#(rest)"#))
        #expect(!"\(failure)".contains("S3CRET"))
    }
}
