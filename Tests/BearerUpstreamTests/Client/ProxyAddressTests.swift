import Testing

@testable import BearerUpstream

@Suite("Proxy addresses")
struct ProxyAddressTests {
    @Test(
        "http://host:port is taken",
        arguments: [
            ("http://proxy.example:3128", "proxy.example", 3128), ("http://10.0.0.1:80/", "10.0.0.1", 80),
            ("HTTP://proxy:1", "proxy", 1), ("http://[fe80::1]:65535", "fe80::1", 65_535),
        ])
    func accepted(url: String, host: String, port: Int) throws {
        let address = try ProxyAddress(url: url)
        #expect(address.host == host)
        #expect(address.port == port)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "proxy:3128", "https://proxy:3128", "socks://proxy:1", "http://proxy", "http://proxy:", "http://:80",
            "http://proxy:0", "http://proxy:65536", "http://proxy:x", "http://user@proxy:80", "http://proxy:80/path",
            "http://proxy:80?q", "http://fe80::1:80", "http://[proxy]:80",
        ])
    func refused(url: String) {
        #expect(throws: UpstreamConfigurationError.invalidProxy) { try ProxyAddress(url: url) }
    }
}
