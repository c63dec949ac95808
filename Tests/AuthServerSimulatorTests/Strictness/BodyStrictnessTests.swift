import AuthServerSimulator
import BearerJSON
import Testing

@Suite("Bodies of both endpoints")
struct BodyStrictnessTests {
    @Test("a body that is not as documented gets its error", arguments: registerRows + tokenRows)
    func refused(_ row: StrictnessRow) async throws {
        try await withSimulator { simulator in
            let reply = try await simulator.exchange(row.request)
            #expect(reply.status == 400)
            #expect(reply.json["error"]?.string == row.error)
            #expect(simulator.violations.count == (row.violation == nil ? 0 : 1))
            if let violation = row.violation { #expect(simulator.violations.first?.contains(violation) == true) }
        }
    }

    private static func register(
        _ body: String, _ violation: String?, error: String = "invalid_request"
    ) -> StrictnessRow {
        StrictnessRow("register: \(body)", .register(), error: error, violation: violation) { $0.body = body }
    }

    private static let jws = WireRequest.statement

    private static let registerRows = [
        register("", "not JSON"),
        register("{", "not JSON"),
        register("[]", "expected a JSON object"),
        register(#"{"software_statement":"\#(jws)"} x"#, "not JSON"),
        register("{}", "software_statement"),
        register(#"{"software_statement":5}"#, "software_statement"),
        register(#"{"software_statement":"\#(jws)","software_statement":"\#(jws)"}"#, "not JSON"),
        register(#"{"software_statement":"\#(jws)","scope":"x"}"#, "unknown “scope”"),
        register(#"{"software_statement":"\#(jws)","redirect_uri":5}"#, "redirect_uri"),
        register(#"{"software_statement":"\#(jws)","redirect_uri":"nowhere"}"#, nil, error: "invalid_redirect_uri"),
        register(#"{"software_statement":"\#(jws)","redirect_uri":"a:b c"}"#, nil, error: "invalid_redirect_uri"),
        register(#"{"software_statement":"abcd.efgh"}"#, "compact JWS", error: "invalid_software_statement"),
        register(#"{"software_statement":"abcd.efgh.ijkl.mnop"}"#, "compact JWS", error: "invalid_software_statement"),
        register(#"{"software_statement":"abcd..ijkl"}"#, "compact JWS", error: "invalid_software_statement"),
        register(#"{"software_statement":"abcd.efghi.jklm"}"#, "compact JWS", error: "invalid_software_statement"),
        register(#"{"software_statement":"abcd.ef+h.ijkl"}"#, "compact JWS", error: "invalid_software_statement"),
        register(#"{"software_statement":"\#(jws)\n"}"#, "compact JWS", error: "invalid_software_statement"),
    ]

    private static func token(
        _ body: String, _ violation: String?, error: String = "invalid_request"
    ) -> StrictnessRow {
        StrictnessRow("token: \(body)", .token(), error: error, violation: violation) { $0.body = body }
    }

    private static let good = "client_id=i&client_secret=s&grant_type=client_credentials"

    private static let tokenRows = [
        token("", "empty"),
        token(good + "&scope=x", "unknown name"),
        token(good + "&client_id=i", "repeats"),
        token(good + "&", "not name=value"),
        token("=x&" + good, "not name=value"),
        token("client_secret=s&grant_type=client_credentials", "client_id"),
        token("client_id=&client_secret=s&grant_type=client_credentials", "client_id"),
        token("client_id=i&grant_type=client_credentials", "client_secret"),
        token("client_id=i&client_secret=s", "grant_type"),
        token("client_id=i&client_secret=%zz&grant_type=client_credentials", "hexadecimal"),
        token("client_id=i&client_secret=%4&grant_type=client_credentials", "hexadecimal"),
        token("client_id=i&client_secret=%ff&grant_type=client_credentials", "UTF-8"),
        token("client_id=i&client_secret=a b&grant_type=client_credentials", "unescaped"),
        token("client_id=i&client_secret=s&grant_type=password", "grant_type", error: "unsupported_grant_type"),
        token(good, nil, error: "invalid_client"),
        token("grant%5Ftype=client_credentials&client_id=i+i&client_secret=%C3%A9", nil, error: "invalid_client"),
    ]

    @Test("redirect_uri may be missing")
    func noRedirectURI() async throws {
        try await withSimulator { simulator in
            var request = WireRequest.register()
            request.body = #"{"software_statement":"\#(Self.jws)"}"#
            let reply = try await simulator.exchange(request)
            #expect(reply.status == 201)
            #expect(reply.json["redirect_uris"]?.array == [])
        }
    }
}
