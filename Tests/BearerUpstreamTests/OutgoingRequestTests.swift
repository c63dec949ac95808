import BearerCore
import Testing

@testable import BearerUpstream

@Suite("Outgoing requests")
struct OutgoingRequestTests {
    @Test(
        "the endpoint's path follows the base URL",
        arguments: [
            ("https://sp.auth.adobe.com", "https://sp.auth.adobe.com/o/client/token", "sp.auth.adobe.com"),
            ("https://sp.auth.adobe.com/", "https://sp.auth.adobe.com/o/client/token", "sp.auth.adobe.com"),
            ("http://127.0.0.1:8080/base", "http://127.0.0.1:8080/base/o/client/token", "127.0.0.1:8080"),
            ("http://[::1]:8080", "http://[::1]:8080/o/client/token", "[::1]:8080"),
        ])
    func path(server: String, url: String, authority: String) {
        let request = OutgoingRequest(
            server: .test(server), endpoint: .token, userAgent: "x", body: Secret(TestClient.clientSecret))
        #expect(request.url == url)
        #expect(request.authority == authority)
    }

    @Test("a request prints none of its secrets")
    func redacted() {
        let request = OutgoingRequest(
            server: .test("https://a"), endpoint: .token, userAgent: "x", body: Secret(TestClient.clientSecret))
        var text = "\(request)"
        dump(request, to: &text)
        for secret in TestClient.secrets { #expect(!text.contains(secret)) }
    }
}
