import Testing

@testable import BearerUpstream

@Suite("Words of a server in messages")
struct SafeWordTests {
    @Test(
        "a media type is shown without its parameters, or not at all",
        arguments: [
            ("text/html", "text/html"), ("text/html; charset=utf-8", "text/html"), ("gzip", "gzip"),
            ("", nil), ("text/<script>", nil), ("a/\u{1b}[31m", nil), (String(repeating: "a", count: 41), nil),
        ] as [(String, String?)])
    func mediaType(header: String, expected: String?) {
        #expect(SafeWord.mediaType(header) == expected)
    }

    @Test(
        "an error code is shown if it is small letters and underscores",
        arguments: [
            ("server_is_sad", "server_is_sad"), ("", nil), ("Invalid", nil), ("s3cret", nil), ("a b", nil),
            (String(repeating: "a", count: 41), nil),
        ] as [(String, String?)])
    func errorCode(text: String, expected: String?) {
        #expect(SafeWord.errorCode(text) == expected)
    }
}
