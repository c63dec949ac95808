import BearerCore
import TestSupport
import Testing

@testable import BearerUpstream

@Suite("TLS", .timeLimit(.minutes(1)))
struct TLSTests {
    private func configuration(_ trust: TrustRoots, proxy: UpstreamProxy? = nil) -> UpstreamConfiguration {
        UpstreamConfiguration(version: "1.2.3", proxy: proxy, trust: trust)
    }

    @Test("a certificate of an authority in ca_file or SSL_CERT_FILE is accepted", arguments: [true, false])
    func accepted(isConfigured: Bool) async throws {
        let certificates = try await Certificates.shared.value
        let server = try await RawServer.start(.answer(Replies.registration), tls: certificates.tls(.localhost))
        let trust =
            isConfigured
            ? TrustRoots.chosen(caFile: certificates.authority, environmentFile: certificates.otherAuthority)
            : TrustRoots.chosen(environmentFile: certificates.authority)
        let failure = try await TestClient.registrationFailure(
            at: "https://localhost:\(server.port)", configuration(trust))
        #expect(failure == nil)
        #expect(server.log.requests.count == 1)
        await server.stop()
    }

    /// Nothing of a request may reach a server that has not proved its identity.
    private func refusal(
        _ shown: Certificates.Server, trust: TrustRoots? = nil, host: String = "localhost",
        olderThan12: Bool = false
    ) async throws -> String {
        let certificates = try await Certificates.shared.value
        let server = try await RawServer.start(
            .answer(Replies.registration), tls: certificates.tls(shown, olderThan12: olderThan12))
        let failure = try #require(
            await TestClient.registrationFailure(
                at: "https://\(host):\(server.port)", configuration(trust ?? .file(certificates.authority))))
        #expect(failure.reason == .tls)
        #expect(!failure.isUnanswered)
        #expect(server.log.requests.isEmpty)
        await server.stop()
        let prefix = "no TLS with \(host):\(server.port): "
        #expect(failure.detail.hasPrefix(prefix))
        return String(failure.detail.dropFirst(prefix.count))
    }

    @Test("a certificate of an unknown authority is refused")
    func unknownAuthority() async throws {
        let certificates = try await Certificates.shared.value
        let expected = "the certificate is not from a trusted authority"
        #expect(try await refusal(.localhost, trust: .file(certificates.otherAuthority)) == expected)
        #expect(try await refusal(.localhost, trust: .system) == expected)
    }

    static let refused: [(Certificates.Server, host: String, String)] = [
        (.expired, "localhost", "the certificate has expired"),
        (.selfSigned, "localhost", "the certificate is self-signed, expected one from a trusted authority"),
        (.wrongName, "localhost", "the certificate is for another name"),
        // The address is the peer's, but the URL has a name.
        (.loopback, "localhost", "the certificate is for another name"),
        // And the other way round.
        (.localhost, "127.0.0.1", "the certificate is for another name"),
    ]

    @Test("a certificate that is not good for the host of the URL is refused", arguments: refused)
    func unfit(shown: Certificates.Server, host: String, problem: String) async throws {
        #expect(try await refusal(shown, host: host) == problem)
    }

    @Test("a certificate for the address is good for a URL with that address")
    func address() async throws {
        let certificates = try await Certificates.shared.value
        let server = try await RawServer.start(.answer(Replies.registration), tls: certificates.tls(.loopback))
        let failure = try await TestClient.registrationFailure(
            at: "https://127.0.0.1:\(server.port)", configuration(.file(certificates.authority)))
        #expect(failure == nil)
        await server.stop()
    }

    @Test(
        "a server that listens on IPv6 only is reached, by address and by name", .enabled(if: ReservedPort.hasIPv6),
        arguments: [(Certificates.Server.loopback6, "[::1]"), (.localhost, "localhost")])
    func ipv6(shown: Certificates.Server, host: String) async throws {
        let certificates = try await Certificates.shared.value
        // Nobody else listens on the port of that number on IPv4 meanwhile.
        let reserved = try ReservedPort()
        let server = try await RawServer.start(
            .answer(Replies.registration), tls: certificates.tls(shown), address: "::1", port: reserved.port)
        let failure = try await TestClient.registrationFailure(
            at: "https://\(host):\(reserved.port)", configuration(.file(certificates.authority)))
        #expect(failure == nil)
        await server.stop()
    }
    @Test("a server without TLS 1.2 is refused")
    func oldVersion() async throws {
        #expect(try await refusal(.localhost, olderThan12: true) == "the peer does not speak TLS 1.2 or newer")
    }

    @Test("a server without TLS is refused")
    func plain() async throws {
        let server = try await RawServer.start(.greet("220 mail.example ESMTP\r\n"))
        let failure = try await TestClient.registrationFailure(at: "https://localhost:\(server.port)")
        #expect(failure?.reason == .tls)
        #expect(failure?.isUnanswered == false)
        #expect(failure?.detail == "no TLS with localhost:\(server.port): the answer is not TLS")
        await server.stop()
    }

    @Test("a handshake that makes no progress is given up after the limit of connecting")
    func stalled() async throws {
        let server = try await RawServer.start(.hang)
        let failure = try #require(
            await TestClient.registrationFailure(
                at: "https://localhost:\(server.port)", .limited(connect: .milliseconds(200))))
        #expect(failure.reason == .tls)
        #expect(!failure.isUnanswered)
        #expect(failure.detail.hasSuffix("the handshake was not complete within 0.2 seconds"))
        await server.stop()
    }

    /// What a registration at a host that only the proxy knows comes to.
    private func throughProxy(
        _ behaviour: RawServer.Behaviour, _ shown: Certificates.Server, trust: TrustRoots? = nil
    ) async throws -> (failure: ExchangeFailure?, port: Int, requests: [String]) {
        let certificates = try await Certificates.shared.value
        let proxy = try await RawServer.start(behaviour, tls: certificates.tls(shown))
        let failure = try await TestClient.registrationFailure(
            at: "https://sp.example",
            configuration(
                trust ?? .file(certificates.authority), proxy: UpstreamProxy(host: "127.0.0.1", port: proxy.port)))
        await proxy.stop()
        return (failure, proxy.port, proxy.log.requests)
    }

    @Test("HTTPS goes through the proxy by CONNECT, which sees nothing else")
    func proxy() async throws {
        let (failure, _, requests) = try await throughProxy(.tunnel(Replies.registration), .proxied)
        #expect(failure == nil)
        #expect(requests.count == 2)
        #expect(
            requests.first
                == "CONNECT sp.example:443 HTTP/1.1\r\nHost: sp.example:443\r\nProxy-Connection: Keep-Alive\r\n\r\n")
        #expect(requests.last?.hasPrefix("POST /o/client/register HTTP/1.1\r\n") == true)
    }

    @Test("a proxy that ends TLS itself is refused, also with a certificate for its own address")
    func impostor() async throws {
        let (failure, _, requests) = try await throughProxy(.tunnel(Replies.registration), .loopback)
        #expect(failure?.reason == .tls)
        #expect(failure?.isUnanswered == false)
        #expect(failure?.detail == "no TLS with sp.example: the certificate is for another name")
        #expect(requests.count == 1)
    }

    @Test("behind a proxy it is the server whose certificate is named")
    func untrustedBehindProxy() async throws {
        let other = TrustRoots.file(try await Certificates.shared.value.otherAuthority)
        let (failure, _, requests) = try await throughProxy(.tunnel(Replies.registration), .proxied, trust: other)
        #expect(failure?.reason == .tls)
        #expect(failure?.detail == "no TLS with sp.example: the certificate is not from a trusted authority")
        #expect(requests.count == 1)
    }

    @Test("a server on this host is connected to directly", arguments: ["localhost", "127.0.0.1"])
    func loopback(host: String) async throws {
        let server = try await RawServer.start(.answer(Replies.registration))
        let failure = try await TestClient.registrationFailure(
            at: "http://\(host):\(server.port)",
            configuration(.system, proxy: UpstreamProxy(host: "proxy.invalid", port: 1)))
        #expect(failure == nil)
        await server.stop()
    }

    @Test("http:// to another host sends nothing")
    func clearText() async throws {
        let proxy = try await RawServer.start(.hang)
        let failure = try #require(
            await TestClient.registrationFailure(
                at: "http://sp.example",
                configuration(.system, proxy: UpstreamProxy(host: "127.0.0.1", port: proxy.port))))
        #expect(failure.reason == .notConnected)
        #expect(proxy.log.connections == 0)
        await proxy.stop()
    }

    @Test(
        "a proxy that refuses is said to be that",
        arguments: [
            ("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "it refused to connect to the server"),
            (
                "HTTP/1.1 407 Who Are You\r\nContent-Length: 0\r\n\r\n",
                "it asks for authentication, which is not supported"
            ),
        ])
    func refusingProxy(reply: String, problem: String) async throws {
        let proxy = try await RawServer.start(.answer(reply))
        let failure = try await TestClient.registrationFailure(
            at: "https://sp.example", configuration(.system, proxy: UpstreamProxy(host: "127.0.0.1", port: proxy.port)))
        #expect(failure?.reason == .notConnected)
        #expect(failure?.isUnanswered == false)
        #expect(failure?.detail == "no connection to the proxy 127.0.0.1:\(proxy.port): \(problem)")
        await proxy.stop()
    }
}
