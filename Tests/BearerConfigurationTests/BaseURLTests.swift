import Testing

@testable import BearerConfiguration

@Suite struct BaseURLTests {
    @Test(
        "a server has one name only",
        arguments: [
            ("https://sp.auth.adobe.com", "https://sp.auth.adobe.com"),
            ("HTTPS://SP.Auth.Adobe.COM:443/", "https://sp.auth.adobe.com"),
            ("https://a:8443/Base/Path//", "https://a:8443/Base/Path"),
            ("https://a/%41", "https://a/%41"),
            ("http://localhost:80", "http://localhost"),
            ("http://127.0.0.53:8080/", "http://127.0.0.53:8080"),
            ("http://[0:0:0:0:0:0:0:1]:8080", "http://[::1]:8080"),
            ("https://[2001:DB8::1]", "https://[2001:db8::1]"),
            ("https://1.2.3.4", "https://1.2.3.4"),
            ("https://a_b.example", "https://a_b.example"),
        ])
    func isNormalized(url: String, normalized: String) throws {
        #expect(try BaseURL.normalized(url) == normalized)
        #expect(try BaseURL.normalized(normalized) == normalized)
    }

    @Test("the environments are normalized base URLs", arguments: ServerEnvironment.allCases)
    func environment(environment: ServerEnvironment) throws {
        #expect(try BaseURL.normalized(environment.server) == environment.server)
    }

    @Test(
        "a proxy is a host and a port",
        arguments: [
            ("http://Proxy.example:3128", "proxy.example", "http://proxy.example:3128"),
            ("http://10.0.0.1:80/", "10.0.0.1", "http://10.0.0.1:80"),
            ("http://[::1]:3128", "::1", "http://[::1]:3128"),
        ])
    func proxy(url: String, host: String, description: String) throws {
        let proxy = try ProxyAddress(url)
        #expect(proxy.host == host)
        #expect(proxy.description == description)
    }
}
