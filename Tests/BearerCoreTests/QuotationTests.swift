import BearerCore
import Testing

@Suite struct QuotationTests {
    @Test(
        "a text is quoted so that it stays one line, and nothing in it acts on a terminal",
        arguments: [
            ("", #""""#), ("a b", #""a b""#), ("Gerät 📺", #""Gerät 📺""#), ("a\nb\tc", #""a\nb\tc""#),
            (#"a"b\c"#, #""a\"b\\c""#), ("\u{1B}[2J", #""\u{1b}[2J""#), ("\r", #""\u{d}""#), ("\u{0}", #""\u{0}""#),
            ("\u{A0}", #""\u{a0}""#), ("\u{202E}", #""\u{202e}""#), ("\u{2028}", #""\u{2028}""#),
            ("\u{2029}", #""\u{2029}""#), ("\u{E000}", #""\u{e000}""#), ("\u{378}", #""\u{378}""#),
        ])
    func quoted(text: String, quoted: String) {
        #expect(Quotation.quoted(text) == quoted)
    }

    @Test("a text that may be a secret in the wrong place is counted, not shown")
    func long() {
        let longest = String(repeating: "é", count: 64)
        #expect(Quotation.quoted(longest) == "\"\(longest)\"")
        #expect(Quotation.quoted(longest + "a") == "a text of 65 characters")
    }
}
