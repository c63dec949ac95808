import BearerCore
import Testing

@Suite("ASCII") struct ASCIITests {
    private static let small = "abcdefghijklmnopqrstuvwxyz"
    private static let digits = "0123456789"
    private static let letters = small + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    private static let signs = " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

    static let classes: [(contains: @Sendable (UInt8) -> Bool, members: String)] = [
        ({ ASCII.isSmallLetter($0) }, small), ({ ASCII.isLetter($0) }, letters), ({ ASCII.isDigit($0) }, digits),
        ({ ASCII.isHexadecimal($0) }, digits + "abcdefABCDEF"), ({ ASCII.isPrintable($0) }, letters + digits + signs),
    ]

    @Test("a class holds these bytes and no other", arguments: 0..<classes.count)
    func members(of index: Int) {
        let (contains, members) = Self.classes[index]
        #expect((UInt8.min...UInt8.max).filter(contains) == members.utf8.sorted())
    }

    /// What may stand in a scope, RFC 6749 section 3.3; in a token, RFC 6750 section 2.1; in a part of a JWS; in a name.
    static let kinds: [(isValid: @Sendable (UInt8) -> Bool, members: String)] = [
        ({ Scope.isValid(String(UnicodeScalar($0))) }, letters + digits + signs.filter { !" \"\\".contains($0) }),
        ({ [$0].withUnsafeBytes(B64Token.isValid) }, letters + digits + "-._~+/"),
        ({ isStatement(Array("abcd.ab".utf8) + [$0] + Array("d.abcd".utf8)) }, letters + digits + "-_"),
        ({ ProfileName.isValid([$0]) }, small + digits),
        ({ ProfileName.isValid(Array("a".utf8) + [$0]) }, small + digits + ".-"),
    ]

    private static func isStatement(_ bytes: [UInt8]) -> Bool {
        (try? SoftwareStatement(cleaning: Secret(bytes))) != nil
    }

    @Test("a byte is valid in its place if it is one of these", arguments: 0..<kinds.count)
    func single(of index: Int) {
        let (isValid, members) = Self.kinds[index]
        #expect((UInt8.min...UInt8.max).filter(isValid) == members.utf8.sorted())
    }

    @Test(
        "a number is what decimal digits and nothing else stand for",
        arguments: [
            ("0", 0), ("007", 7), ("9223372036854775807", .max), ("9223372036854775808", .max), ("", nil), ("+1", nil),
            ("-1", nil), (" 1", nil), ("1a", nil), ("1.0", nil), ("١", nil),
        ] as [(String, Int64?)])
    func number(text: String, value: Int64?) {
        #expect(ASCII.number(text) == value)
    }
}
