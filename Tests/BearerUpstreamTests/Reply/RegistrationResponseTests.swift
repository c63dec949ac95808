import BearerCore
import Testing

@testable import BearerUpstream

@Suite("Replies of the registration endpoint")
struct RegistrationResponseTests {
    private func outcome(_ body: String) -> Result<ClientCredentials, ExchangeFailure> {
        Result { () throws(ExchangeFailure) in
            try RegistrationResponse.credentials(in: HTTPReply(status: 201, body: .text(body)), now: .zero)
        }
    }

    @Test("the documented reply yields the credentials")
    func documented() throws {
        let body = """
            {"client_id":"s6BhdRkqt3","client_secret":"t7AkePiru4","client_id_issued_at":2893256800,
             "redirect_uris":["app://com.programmer"],"grant_types":["client_credentials"],"scopes":["api:client:v2"]}
            """
        let expected = ClientCredentials(
            clientID: "s6BhdRkqt3", clientSecret: Secret("t7AkePiru4"), issuedAt: 2_893_256_800,
            scopes: ["api:client:v2"])
        #expect(try outcome(body).get() == expected)
    }

    @Test(
        "scopes are kept as far as they are scopes; a reply without them says nothing",
        arguments: [
            (#"["a","b:c"]"#, ["a", "b:c"]), ("[]", []), (#"["a b","","c\"",5,"d"]"#, ["d"]), (#""a""#, nil),
            ("null", nil), ("{}", nil),
        ] as [(String, [String]?)])
    func scopes(json: String, expected: [String]?) throws {
        let body = #"{"client_id":"i","client_secret":"s","scopes":\#(json)}"#
        #expect(try outcome(body).get().scopes == expected)
        #expect(try outcome(#"{"client_id":"i","client_secret":"s"}"#).get().scopes == nil)
    }

    @Test("of many scopes the first 64 are kept, and none of more than 128 characters")
    func manyScopes() throws {
        let names = (0..<100).map { "s\($0)" } + [String(repeating: "x", count: 129)]
        let json = "[" + names.reversed().map { "\"\($0)\"" }.joined(separator: ",") + "]"
        let scopes = try outcome(#"{"client_id":"i","client_secret":"s","scopes":\#(json)}"#).get().scopes
        #expect(scopes == Array(names.dropLast().reversed().prefix(64)))
    }

    @Test(
        "a registration is not wasted for the sake of client_id_issued_at",
        arguments: [
            ("", nil), (#","client_id_issued_at":null"#, nil), (#","client_id_issued_at":"today""#, nil),
            (#","client_id_issued_at":1.5"#, nil), (#","client_id_issued_at":1e3"#, 1000),
            (#","client_id_issued_at":0"#, 0), (#","client_id_issued_at":-1"#, nil),
        ] as [(String, Int64?)])
    func issuedAt(member: String, expected: Int64?) throws {
        let credentials = try outcome(#"{"client_id":"a","client_secret":"b"\#(member)}"#).get()
        #expect(credentials.issuedAt == expected)
    }

    static let refused: [(String, String)] = [
        (#"{"client_secret":"b"}"#, "client_id is missing"),
        (#"{"client_id":"","client_secret":"b"}"#, "client_id is empty"),
        (#"{"client_id":7,"client_secret":"b"}"#, "client_id is a number"),
        (#"{"client_id":"a\n","client_secret":"b"}"#, "client_id holds other characters"),
        (#"{"client_id":"ä","client_secret":"b"}"#, "client_id holds other characters"),
        (#"{"client_id":"\#(String(repeating: "a", count: 1025))","client_secret":"b"}"#, "client_id has 1025 bytes"),
        (#"{"client_id":"a"}"#, "client_secret is missing"),
        (#"{"client_id":"a","client_secret":""}"#, "client_secret is empty"),
        (#"{"client_id":"a","client_secret":null}"#, "client_secret is null"),
        (#"{"client_id":"a","client_secret":"\u0000"}"#, "client_secret holds other characters"),
        (
            #"{"client_id":"a","client_secret":"\#(String(repeating: "a", count: 4097))"}"#,
            "client_secret has 4097 bytes"
        ),
    ]

    @Test("without usable credentials the registration is lost", arguments: refused)
    func unusable(body: String, found: String) throws {
        guard case .failure(let failure) = outcome(body) else {
            Issue.record("was accepted")
            return
        }
        #expect(failure.reason == .unexpectedReply)
        #expect(failure.isUnanswered)
        #expect(failure.detail.hasPrefix("\(found), expected printable ASCII of 1 to "))
    }

    @Test("no failure tells the client secret")
    func redaction() {
        for rest in ["", ",}", #","client_id":"ä"}"#, #","client_id":7}"#] {
            guard case .failure(let failure) = outcome(#"{"client_secret":"S3CRET"\#(rest)"#) else {
                Issue.record("was accepted: \(rest)")
                continue
            }
            #expect(!"\(failure)".contains("S3CRET"))
        }
    }
}
