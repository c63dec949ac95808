import BearerCore
import TestSupport
import Testing

@Suite struct ShellWordTests {
    @Test(
        "a word stays one word",
        arguments: [
            ("/etc/bearerd/statement.jws", "/etc/bearerd/statement.jws"), ("/a b", "'/a b'"), ("", "''"),
            ("/it's", "'/it'\\''s'"), ("$x;y", "'$x;y'"),
        ])
    func quoted(text: String, word: String) {
        #expect(ShellWord.quoted(text) == word)
    }
}
