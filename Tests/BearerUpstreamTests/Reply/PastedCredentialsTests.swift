import BearerCore
import Testing

@testable import BearerUpstream

@Suite struct PastedCredentialsTests {
    private static let expectation =
        "client credentials are a JSON object with client_id and client_secret, as bearerctl export prints it"
    private static let pair = #"{"client_id":"an id","client_secret":"s\"\\"}"#

    @Test(
        "the pair is read, with what people paste around it, and whatever else a registration answers",
        arguments: [
            pair, pair + "\n", "\u{FEFF}\r\n\t \(pair)\u{A0} \r\n",
            #"{"client_secret":"s\"\\", "client_id" : "an id"}"#,
            #"{"client_id":"an id","client_secret":"s\"\\","client_id_issued_at":-1,"scopes":["a"],"x":{"client_id":1}}"#,
        ])
    func read(text: String) throws {
        let client = try ClientCredentials(pasted: Secret(text))
        #expect(client == ClientCredentials(clientID: "an id", clientSecret: Secret(#"s"\"#), issuedAt: nil))
    }

    @Test(
        "what is no pair is refused: what was found and where, never content",
        arguments: [
            ("", "nothing but white space was found"), (" \u{FEFF}\n", "nothing but white space was found"),
            ("[\"canary\"]", "an array was found"), ("\"canary\"", "a string was found"), ("17", "a number was found"),
            ("canary", "the JSON is broken at byte 0"), ("\u{FEFF} canary", "the JSON is broken at byte 4"),
            ("{\"client_id\":\"canary", "the JSON is broken at byte 20"),
            (pair + "x", "the JSON is broken at byte 45"),
            (#"{"client_id":"a","client_id":"canary"}"#, "the JSON is broken at byte 29"),
            ("{}", "client_id is missing, expected printable ASCII of 1 to 1024 characters"),
            (#"{"client_id":"a"}"#, "client_secret is missing, expected printable ASCII of 1 to 4096 characters"),
            (
                #"{"client_id":"","client_secret":"canary"}"#,
                "client_id is empty, expected printable ASCII of 1 to 1024 characters"
            ),
            (
                #"{"client_id":"a","client_secret":["canary"]}"#,
                "client_secret is an array, expected printable ASCII of 1 to 4096 characters"
            ),
            (
                #"{"client_id":"a","client_secret":"canary\n"}"#,
                "client_secret holds other characters, expected printable ASCII of 1 to 4096 characters"
            ),
            (
                #"{"client_id":"\#(String(repeating: "a", count: 1025))","client_secret":"canary"}"#,
                "client_id has 1025 bytes, expected printable ASCII of 1 to 1024 characters"
            ),
        ])
    func refused(text: String, finding: String) {
        let error = #expect(throws: PastedCredentialsError.self) { try ClientCredentials(pasted: Secret(text)) }
        #expect(error?.description == "\(finding); \(Self.expectation)")
    }

    @Test("the longest that a registration may yield are taken")
    func longest() throws {
        let (id, secret) = (String(repeating: "i", count: 1024), String(repeating: "s", count: 4096))
        let client = try ClientCredentials(pasted: Secret(#"{"client_id":"\#(id)","client_secret":"\#(secret)"}"#))
        #expect(client.clientID == id && client.clientSecret == Secret(secret))
    }
}
