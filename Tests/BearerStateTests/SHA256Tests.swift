import BearerCore
import Testing

@testable import BearerState

@Suite struct SHA256Tests {
    @Test(
        "the examples of FIPS 180",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                String(repeating: "a", count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ])
    func examples(text: String, hash: String) {
        #expect(SHA256.hexadecimal(of: Array(text.utf8)) == hash)
        var pieces = SHA256()
        pieces.update(String(text.prefix(3)))
        pieces.update("")
        Secret(String(text.dropFirst(3))).withBytes { pieces.update($0) }
        #expect(pieces.hexadecimal() == hash)
    }

    @Test("RFC 4231, test case 2")
    func code() {
        #expect(
            SHA256.hexadecimalCode(of: "what do ya want for nothing?", key: "Jefe")
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test("the names of files and what is in them stay as they are over versions of the daemon")
    func key() throws {
        // printf abcd.abcd.abcd | sha256sum; printf 'https://sp.auth.adobe.com\n%s' bb6d… | sha256sum
        let key = try CredentialKey.example()
        #expect(key.statementHash == "bb6d9dd47b7980a94f68769df2aba648b5ffda2fe2e5fcbf5c889576bbfd9832")
        #expect(key.fileIdentifier == "7c03d93a72734ee762edb9e89f3e580b")
    }
}
