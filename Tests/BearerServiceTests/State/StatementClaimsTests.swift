import BearerCore
import Testing

@testable import BearerService

@Suite("StatementClaims") struct StatementClaimsTests {
    /// The payload as base64url, between a header and a signature that say nothing.
    static func statement(_ payload: String) throws -> SoftwareStatement {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var encoded: [UInt8] = []
        let bytes = Array(payload.utf8)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = Array(bytes[start..<min(start + 3, bytes.count)])
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for index in 0...group.count { encoded.append(alphabet[bits >> (18 - 6 * index) & 63]) }
        }
        let text = "eyJhbGciOiJSUzI1NiJ9.\(String(decoding: encoded, as: UTF8.self)).c2ln"
        return try SoftwareStatement(cleaning: Secret(text))
    }

    private static let full =
        #"{"sub":"d5f7a2 (prod)","iss":"auth.adobe.com","nbf":1700000000,"iat":1700000001,"x":"ü"}"#

    @Test("sub and iat tell statements apart, and nothing else of them is shown")
    func shown() throws {
        let claims = try #require(StatementClaims(try Self.statement(Self.full)))
        #expect(claims.text == "sub d5f7a2 (prod), iat \(ClockReading.wallText(ofUnixTime: 1_700_000_001))")
        #expect(claims.warnings(server: "https://sp.auth.adobe.com", at: 1_700_000_001).isEmpty)
    }

    @Test(
        "what a statement does not say, or says in another form, is not shown",
        arguments: [
            ("{}", nil), (#"{"sub":""}"#, nil), (#"{"sub":5,"iat":"x"}"#, nil), (#"{"sub":"a\u001bb"}"#, nil),
            (#"{"sub":"ü"}"#, nil), (#"{"sub":"a"}"#, "sub a"),
            ("{\"sub\":\"" + String(repeating: "a", count: 101) + "\"}", nil),
        ] as [(String, String?)])
    func unusual(payload: String, text: String?) throws {
        #expect(try #require(StatementClaims(try Self.statement(payload))).text == text)
    }

    @Test("a payload that is no JSON object has no claims", arguments: ["[1]", "no", "5"])
    func noObject(payload: String) throws {
        #expect(StatementClaims(try Self.statement(payload)) == nil)
        #expect(StatementClaims(try SoftwareStatement(cleaning: Secret("aa.____.cc"))) == nil)
    }

    @Test("a statement that is not valid yet is a warning, with the time")
    func notBefore() throws {
        let claims = try #require(StatementClaims(try Self.statement(Self.full)))
        let warnings = claims.warnings(server: "https://sp.auth.adobe.com", at: 1_699_999_999)
        #expect(warnings.count == 1 && warnings[0].hasSuffix("set the clock: timedatectl set-ntp true"))
        #expect(warnings.first?.contains(ClockReading.wallText(ofUnixTime: 1_700_000_000)) == true)
    }

    @Test("a statement that was issued in the future is a warning about the clock")
    func issuedInTheFuture() throws {
        let claims = try #require(StatementClaims(try Self.statement(#"{"iat":1700000001}"#)))
        let warning = claims.warnings(server: "https://sp.auth.adobe.com", at: 1_700_000_000).first
        #expect(warning?.contains("was issued at \(ClockReading.wallText(ofUnixTime: 1_700_000_001)) (iat)") == true)
    }

    @Test(
        "another issuer is a warning where the server is Adobe's",
        arguments: [
            ("https://sp.auth.adobe.com", true), ("https://sp-prequal.auth-staging.adobe.com", true),
            ("http://127.0.0.1:8080", false), ("https://auth.example.com", false),
        ])
    func issuer(server: String, isWarned: Bool) throws {
        let claims = try #require(StatementClaims(try Self.statement(#"{"iss":"auth.example.com"}"#)))
        #expect(claims.warnings(server: server, at: 0).isEmpty == !isWarned)
    }
}
