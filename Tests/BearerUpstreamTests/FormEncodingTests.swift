import Testing

@testable import BearerUpstream

@Suite("Form encoding")
struct FormEncodingTests {
    @Test(
        "a value is encoded as the URL standard says",
        arguments: [
            ("", ""), ("AZaz09", "AZaz09"), ("*-._", "*-._"), ("a b", "a+b"), ("+", "%2B"), ("&=%", "%26%3D%25"),
            ("~", "%7E"), ("/?:@", "%2F%3F%3A%40"), ("ä", "%C3%A4"), ("\r\n", "%0D%0A"), ("\0", "%00"),
        ])
    func encodes(value: String, expected: String) {
        var form = FormEncoding()
        form.append("name", value.utf8)
        #expect(String(decoding: form.bytes, as: UTF8.self) == "name=\(expected)")
    }

    @Test("fields are joined by ampersands")
    func joins() {
        var form = FormEncoding()
        form.append("a", "1".utf8)
        form.append("b", "2".utf8)
        #expect(String(decoding: form.bytes, as: UTF8.self) == "a=1&b=2")
    }
}
