import Testing

@Suite struct ServerProblemTests {
    private static let server = "expected https://host[:port][/path], or http:// with a loopback address"
    private static let badHost = "has a host that is neither a DNS name nor an IP address"

    @Test(
        "a server that is not a base URL is refused",
        arguments: [
            ("example.com", "is not a URL"),
            ("ftp://example.com", "has a scheme other than https"),
            ("http://example.com", "is http:// to a host that is not this one"),
            ("http://127.0.0.1.example.com", "is http:// to a host that is not this one"),
            ("http://128.0.0.1", "is http:// to a host that is not this one"),
            ("http://[::2]", "is http:// to a host that is not this one"),
            ("http://127.1", badHost),
            ("https://", badHost),
            ("https:///path", badHost),
            ("https://a b", badHost),
            ("https://exämple.com", badHost),
            ("https://-a.com", badHost),
            ("https://a..b", badHost),
            ("https://1.2.3.256", badHost),
            ("https://[::1", badHost),
            ("https://[fe80::1%25eth0]", badHost),
            ("https://a:0", "has a port that is not a number from 1 to 65535"),
            ("https://a:65536", "has a port that is not a number from 1 to 65535"),
            ("https://a:", "has a port that is not a number from 1 to 65535"),
            ("https://a?b", "has a query"),
            ("https://a/b#c", "has a fragment"),
            ("https://user:password@a", "has a user name"),
            ("https://a/b c", "has a path with characters that have to be percent-encoded"),
            ("https://a/%2", "has a path with characters that have to be percent-encoded"),
        ])
    func server(url: String, found: String) {
        ProblemRow("server: \"\(url)\"", "1:9: server \(found); \(Self.server)").check()
    }

    @Test(
        "a proxy that is more than host and port is refused, and its password is not repeated",
        arguments: [
            ("http://user:password@proxy:3128", "has a user name"),
            ("https://proxy:3128", "has a scheme other than http"),
            ("http://proxy", "has no port"),
            ("http://proxy:3128/path", "has more than host and port"),
            ("http://proxy:3128?query", "has more than host and port"),
            ("proxy:3128", "is not a URL"),
        ])
    func proxy(url: String, found: String) {
        ProblemRow("proxy: \"\(url)\"", "1:8: proxy \(found); expected http://host:port").check()
    }

    @Test(
        "environment and server exclude each other at one level",
        arguments: [
            ProblemRow(
                "environment: staging\nserver: https://a",
                "2:9: server is given next to environment; expected one of the two"),
            ProblemRow(
                "profiles:\n  a:\n    server: https://a\n    environment: staging",
                "3:13: profiles.a.server is given next to environment; expected one of the two"),
        ])
    func both(row: ProblemRow) {
        row.check()
    }
}
