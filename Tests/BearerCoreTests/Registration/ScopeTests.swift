import BearerCore
import Testing

@Suite struct ScopeTests {
    @Test("a scope has 1 to 128 bytes", arguments: [(0, false), (1, true), (128, true), (129, false)])
    func length(count: Int, isValid: Bool) {
        #expect(Scope.isValid(String(repeating: "a", count: count)) == isValid)
    }

    @Test("64 scopes of 128 bytes are the most that are kept")
    func limits() {
        #expect(Scope.maximumCount == 64 && Scope.maximumLength == 128)
    }

    static let grants: [(granted: [String]?, missing: [String])] = [
        (nil, []), ([], ["b", "a"]), (["a"], ["b"]), (["b", "c"], ["a"]), (["a", "b"], []),
    ]

    @Test("scopes that were expected and not granted are missing, in their order", arguments: grants)
    func missing(granted: [String]?, missing: [String]) {
        let credentials = ClientCredentials(clientID: "id", clientSecret: Secret("x"), issuedAt: nil, scopes: granted)
        #expect(credentials.missingScopes(of: ["b", "a"]) == missing)
    }
}
