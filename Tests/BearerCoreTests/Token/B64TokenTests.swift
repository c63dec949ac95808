import BearerCore
import Testing

@Suite struct B64TokenTests {
    @Test(
        "a token has at least one character, and padding at its end only",
        arguments: [
            ("a", true), ("a=", true), ("a==", true), ("eyJh.eyJz-_~+/1=", true), ("", false), ("=", false),
            ("=a", false), ("a=b", false), ("a= ", false), ("a b", false), ("a>", false), ("a<", false), ("é", false),
        ])
    func syntax(text: String, isValid: Bool) {
        #expect(Array(text.utf8).withUnsafeBytes(B64Token.isValid) == isValid)
    }
}
