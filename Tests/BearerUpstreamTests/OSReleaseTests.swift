import Testing

@testable import BearerUpstream

@Suite("os-release")
struct OSReleaseTests {
    @Test(
        "a value is unquoted",
        arguments: [
            ("VERSION_ID=12", "12"), (#"VERSION_ID="12.5""#, "12.5"), ("VERSION_ID='a b'", "a b"),
            (#"VERSION_ID="a\"b\$c\\""#, #"a"b$c\"#), (#"VERSION_ID='a\b'"#, #"a\b"#), ("VERSION_ID=12 \t", "12"),
            ("VERSION_ID=", ""), (#"VERSION_ID="""#, ""), ("VERSION_ID=\"", "\""),
            ("NAME=x\nVERSION_ID=1\nVERSION_ID=2\n", "2"), ("VERSION_ID=12\r\n", "12"),
            ("XVERSION_ID=12", nil), ("VERSION_IDX=12", nil), ("#VERSION_ID=12", nil), ("", nil),
        ] as [(String, String?)])
    func unquotes(text: String, expected: String?) {
        #expect(OSRelease.value(of: "VERSION_ID", in: text) == expected)
    }
}
