import BearerClient
import Testing

@Suite("A token")
struct BearerTokenTests {
    private let token = BearerToken("s3cr3t", profile: "p", expiresIn: .seconds(9), expiresAt: 77, generation: 1)

    @Test("does not show, however it is printed")
    func redaction() {
        var dumped = ""
        dump([token], to: &dumped)
        dump(TokenUpdate.token(token), to: &dumped)
        let texts = ["\(token)", String(describing: token), String(reflecting: token), "\([token])", dumped]
        for text in texts + ["\(TokenUpdate.token(token))"] {
            #expect(!text.contains("s3cr3t"))
            #expect(text.contains("77"))
        }
    }

    @Test("is reached by an explicit call")
    func value() {
        #expect(token.value == "s3cr3t")
        #expect(token.authorization == "Bearer s3cr3t")
        #expect(token.withBytes { Array($0) } == Array("s3cr3t".utf8))
    }
}
