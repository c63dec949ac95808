import BearerCore
import Testing

@Suite struct SoftwareStatementTests {
    static let statement = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"

    @Test(
        "what people paste around a statement is dropped",
        arguments: [
            statement, "\(statement)\n", "\r\n  \(statement)\t \r\n", "\"\(statement)\"", "'\(statement)'\n",
            "\u{FEFF}\(statement)", "\u{FEFF}\"\(statement)\"\n", "“\(statement)”", " \" \(statement) \" ",
            "\u{A0}\(statement)\u{A0}",
        ])
    func cleaning(pasted: String) throws {
        #expect(try SoftwareStatement(cleaning: Secret(pasted)).secret == Secret(Self.statement))
    }

    static let refusals: [(String, SoftwareStatementError)] = [
        ("", .empty),
        (" \"\"\n", .empty),
        ("\u{FEFF}", .empty),
        ("abcd", .partCount(1)),
        ("abcd.abcd", .partCount(2)),
        ("ab.cd.ef.gh.ij", .partCount(5)),
        (".abcd.abcd", .emptyPart(1)),
        ("abcd..abcd", .emptyPart(2)),
        ("abcd.abcd.", .emptyPart(3)),
        ("abcd.abcde.abcd", .truncatedPart(2)),
        ("  abcd.ab\ncd.abcd", .broken(lines: 2)),
        ("abc=\r\nd.abc=\r\nd.abcd", .broken(lines: 3)),
        ("abcd.ab cd.abcd", .broken(lines: 1)),
        ("abcd.ab\tcd.abcd", .broken(lines: 1)),
        ("  abcd.ab\ncd.abcd?", .unexpectedByte(offset: 9, kind: .lineBreak)),
        ("abcd.ab cd.abcd.", .unexpectedByte(offset: 7, kind: .whiteSpace)),
        ("abcd.abc=.abcd", .unexpectedByte(offset: 8, kind: .padding)),
        ("abcd.ab+d.abcd", .unexpectedByte(offset: 7, kind: .plainBase64)),
        ("abcd.ab\"d.abcd", .unexpectedByte(offset: 7, kind: .quote)),
        ("abcd.{.abcd", .unexpectedByte(offset: 5, kind: .brace)),
        ("{\"software_statement\":\"abcd.abcd.abcd\"}", .lookalike(.object)),
        ("{\"client_id\":\"a\", \"client_secret\": \"b\"}", .lookalike(.clientCredentials)),
        ("Bearer abcd.abcd.abcd", .lookalike(.header)),
        ("authorization: bearer abcd.abcd.abcd", .lookalike(.header)),
        ("software_statement=abcd.abcd.abcd", .lookalike(.assignment)),
        ("\"software_statement\": \"abcd.abcd.abcd\"", .lookalike(.assignment)),
        (String(repeating: "abc+", count: 17) + "\n" + String(repeating: "abc/", count: 17), .lookalike(.encrypted)),
        (String(repeating: "a", count: 80), .lookalike(.encrypted)),
        (String(repeating: "a", count: 79), .partCount(1)),
        ("abcd.äbcd.abcd", .unexpectedByte(offset: 5, kind: .other)),
        ("abcd.a\0cd.abcd", .unexpectedByte(offset: 6, kind: .other)),
        ("-----BEGIN CERTIFICATE-----", .lookalike(.pem)),
    ]

    @Test("what is not a compact JWS is refused with what was found and where", arguments: refusals)
    func refusal(pasted: String, expected: SoftwareStatementError) {
        #expect(throws: expected) { try SoftwareStatement(cleaning: Secret(pasted)) }
    }

    @Test("UTF-16 is told as such", arguments: [[0xFF, 0xFE, 0x61, 0], [0xFE, 0xFF, 0, 0x61]] as [[UInt8]])
    func utf16(bytes: [UInt8]) {
        #expect(throws: SoftwareStatementError.lookalike(.utf16)) { try SoftwareStatement(cleaning: Secret(bytes)) }
    }

    @Test("every reason has a remedy that names the file, if it is one for the file", arguments: refusals)
    func remedies(pasted: String, error: SoftwareStatementError) {
        let remedy = error.remedy(path: "/a b")
        let others: [SoftwareStatementError] = [.lookalike(.clientCredentials), .lookalike(.encrypted)]
        #expect(remedy.contains("'/a b'") != others.contains(error))
    }

    static let kinds: [(kind: SoftwareStatementError.ByteKind, bytes: String)] = [
        (.lineBreak, "\n\r"), (.whiteSpace, " \t"), (.quote, "\"'`"), (.padding, "="), (.plainBase64, "+/"),
        (.brace, "{}"),
    ]

    @Test("what was found is told by its kind, and nothing else is of that kind", arguments: kinds)
    func kind(_ kind: SoftwareStatementError.ByteKind, bytes: String) {
        let error = SoftwareStatementError.unexpectedByte(offset: 7, kind: kind)
        let found = (UInt8.min...UInt8.max).filter { byte in
            let pasted = Secret(Array("abcd.ab".utf8) + [byte] + Array("d?.abcd".utf8))
            do throws(SoftwareStatementError) {
                _ = try SoftwareStatement(cleaning: pasted)
                return false
            } catch {
                return error == .unexpectedByte(offset: 7, kind: kind)
            }
        }
        #expect(found == bytes.utf8.sorted())
        #expect("\(error)".hasPrefix("\(kind.rawValue) was found at byte 7; expected a compact JWS: "))
    }

    @Test(
        "a wrong number of parts is told, and which part is wrong",
        arguments: [
            (.partCount(1), "no period was found; "), (.partCount(2), "2 parts were found; "),
            (.partCount(0), "0 parts were found; "), (.emptyPart(2), "part 2 is empty; "),
            (.truncatedPart(3), "part 3 is incomplete"), (.empty, "nothing but white space and quotes was found; "),
        ] as [(SoftwareStatementError, String)])
    func description(of error: SoftwareStatementError, begins: String) {
        #expect("\(error)".hasPrefix(begins))
    }

    @Test("an error never shows the statement")
    func redaction() {
        let canary = "canary\u{1}canary"
        let error = #expect(throws: SoftwareStatementError.self) { try SoftwareStatement(cleaning: Secret(canary)) }
        #expect(error.map { !"\($0)".contains("canary") } == true)
    }

    @Test("random bytes are refused or come out as three parts", arguments: UInt64(0)..<200)
    func randomBytes(seed: UInt64) {
        var random = SplitMix(state: seed)
        let alphabet = Array("abcZ09-_..=+ \"\n{\u{FEFF}ä".utf8)
        let bytes = (0..<Int.random(in: 0..<24, using: &random)).compactMap { _ in
            alphabet.randomElement(using: &random)
        }
        guard let statement = try? SoftwareStatement(cleaning: Secret(bytes)) else { return }
        let parts = statement.secret.withBytes {
            $0.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).count
        }
        #expect(parts == 3)
        #expect(throws: Never.self) { try SoftwareStatement(cleaning: statement.secret) }
    }
}

/// A seeded generator, so that a failure can be repeated. Steele, Lea and Flood, "Fast splittable pseudorandom
/// number generators", 2014.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
