import BearerCore
import BearerJSON
import TestSupport
import Testing

@testable import BearerUpstream

@Suite("expires_in")
struct LifetimeTests {
    private static func parse(_ json: String) throws -> Result<Duration, ReplyProblem> {
        let object = try ReplyObject(parsing: Secret(#"{"expires_in":\#(json)}"#))
        return Result { () throws(ReplyProblem) in try Lifetime.parse(object["expires_in"]) }
    }

    @Test(
        "a whole number or a decimal string of one is believed",
        arguments: [
            ("1", 1), ("21600", 21_600), ("86400.0", 86_400), ("1e3", 1000), ("15e-1e", nil), (#""1""#, 1),
            (#""21600""#, 21_600), (#""0060""#, 60), (#""\u0036\u0030""#, 60),
        ] as [(String, Int64?)])
    func believed(json: String, seconds: Int64?) throws {
        guard let seconds else {
            #expect(throws: ReplyObject.Malformed.self) { try Self.parse(json) }
            return
        }
        #expect(try Self.parse(json) == .success(.seconds(seconds)))
    }

    @Test(
        "more than 30 days is believed for 30 days",
        arguments: [
            "2592000", "2592001", "1e18", "9223372036854775807", "9223372036854775808", "1e30", "1e400", "1e99999",
            #""1000000000000000000""#, #""99999999999999999999999999999999""#,
        ])
    func capped(json: String) throws {
        #expect(try Self.parse(json) == .success(.seconds(2_592_000)))
    }

    @Test(
        "anything else fails the exchange and is named",
        arguments: [
            ("0", "0"), ("-0", "-0"), ("-1", "-1"), ("-1e30", "-1e30"), ("1.5", "1.5"), ("0.5", "0.5"),
            ("1e-400", "1e-400"), ("3600.0001", "3600.0001"), ("true", "true or false"), ("null", "null"),
            ("[1]", "an array"), (#""""#, "a string"), (#""0""#, "0"), (#""-1""#, "-1"), (#""1.5""#, "1.5"),
            (#""1e3""#, "1e3"), (#"" 60""#, "a string"), (#""soon""#, "a string"), (#""+60""#, "+60"),
            (#""٣""#, "a string"), ("1." + String(repeating: "1", count: 40), "a number"),
        ])
    func refused(json: String, found: String) throws {
        let expected = "expires_in is \(found), expected a whole number of seconds of at least 1"
        #expect(try Self.parse(json) == .failure(ReplyProblem(expected)))
    }

    @Test("random numbers are between one second and 30 days, or refused")
    func random() throws {
        var generator = SeededGenerator(seed: 2)
        let alphabet = Array("0123456789.e-+")
        for _ in 0..<5000 {
            let text = String(
                (1...Int.random(in: 1...12, using: &generator)).map { _ in
                    alphabet.randomElement(using: &generator) ?? "0"
                })
            for json in [text, "\"\(text)\""] {
                guard let outcome = try? Self.parse(json), case .success(let lifetime) = outcome else { continue }
                #expect(Duration.seconds(1)...TokenGrant.maximumLifetime ~= lifetime, "\(json)")
            }
        }
    }
}
