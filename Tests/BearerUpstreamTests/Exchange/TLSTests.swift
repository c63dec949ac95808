import BearerCore
import Testing

@testable import BearerUpstream

@Suite("TLS", .timeLimit(.minutes(1)))
struct TLSTests {
    private func configuration(_ trust: TrustRoots, proxy: String? = nil) -> UpstreamConfiguration {
        UpstreamConfiguration(version: "1.2.3", proxy: proxy, trust: trust)
    }

    @Test("a certificate of an authority in ca_file or SSL_CERT_FILE is accepted", arguments: [true, false])
    func accepted(isConfigured: Bool) async throws {
        let certificates = try await TestCertificates.shared.value
        let server = try await RawServer.start(.answer(Replies.registration), tls: certificates.tls(.good))
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

    /// Nothing of a request may reach a server that has not proved who it is.
    private func refusal(
        _ shown: TestCertificates.Server, trust: TrustRoots, olderThan12: Bool = false
    ) async throws -> String {
        let tls = try await TestCertificates.shared.value.tls(shown, olderThan12: olderThan12)
        let server = try await RawServer.start(.answer(Replies.registration), tls: tls)
        let failure = try #require(
            await TestClient.registrationFailure(at: "https://localhost:\(server.port)", configuration(trust)))
        #expect(failure.reason == .tls)
        #expect(!failure.isUnanswered)
        #expect(server.log.requests.isEmpty)
        await server.stop()
        let prefix = "no TLS with localhost:\(server.port): "
        #expect(failure.detail.hasPrefix(prefix))
        return String(failure.detail.dropFirst(prefix.count))
    }

    @Test("a certificate of an unknown authority is refused")
    func unknownAuthority() async throws {
        let certificates = try await TestCertificates.shared.value
        let expected = "the certificate is not from a trusted authority, or not valid now"
        #expect(try await refusal(.good, trust: .file(certificates.otherAuthority)) == expected)
        #expect(try await refusal(.good, trust: .system) == expected)
    }

    @Test("an expired certificate is refused")
    func expired() async throws {
        let certificates = try await TestCertificates.shared.value
        #expect(
            try await refusal(.expired, trust: .file(certificates.authority))
                == "the certificate is not from a trusted authority, or not valid now")
    }

    @Test("a certificate for another name is refused")
    func wrongName() async throws {
        let certificates = try await TestCertificates.shared.value
        #expect(
            try await refusal(.wrongName, trust: .file(certificates.authority))
                == "the certificate is for another name")
    }

    @Test("a server without TLS 1.2 is refused")
    func oldVersion() async throws {
        let certificates = try await TestCertificates.shared.value
        #expect(
            try await refusal(.good, trust: .file(certificates.authority), olderThan12: true)
                == "the peer does not speak TLS 1.2 or newer")
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
        // Two timers of the HTTP client end at the same time.
        #expect([.tls, .notConnected].contains(failure.reason))
        #expect(!failure.isUnanswered)
        #expect(failure.detail.hasSuffix("within 0.2 seconds"))
        await server.stop()
    }

    @Test("HTTPS goes through the proxy by CONNECT, which sees nothing else")
    func proxy() async throws {
        let certificates = try await TestCertificates.shared.value
        let proxy = try await RawServer.start(.tunnel(Replies.registration), tls: certificates.tls(.good))
        let failure = try await TestClient.registrationFailure(
            at: "https://localhost:7",
            configuration(.file(certificates.authority), proxy: "http://127.0.0.1:\(proxy.port)"))
        #expect(failure == nil)
        let requests = proxy.log.requests
        #expect(requests.count == 2)
        #expect(requests.first == "CONNECT localhost:7 HTTP/1.1\r\nhost: localhost\r\n\r\n")
        #expect(requests.last?.hasPrefix("POST /o/client/register HTTP/1.1\r\n") == true)
        await proxy.stop()
    }

    @Test("behind a proxy it is the server whose certificate is named")
    func untrustedBehindProxy() async throws {
        let certificates = try await TestCertificates.shared.value
        let proxy = try await RawServer.start(.tunnel(Replies.registration), tls: certificates.tls(.good))
        let failure = try await TestClient.registrationFailure(
            at: "https://localhost:7",
            configuration(.file(certificates.otherAuthority), proxy: "http://127.0.0.1:\(proxy.port)"))
        #expect(failure?.reason == .tls)
        #expect(failure?.detail.hasPrefix("no TLS with localhost:7: the certificate is not") == true)
        #expect(proxy.log.requests.count == 1)
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
            at: "https://localhost:7", configuration(.system, proxy: "http://127.0.0.1:\(proxy.port)"))
        #expect(failure?.reason == .notConnected)
        #expect(failure?.isUnanswered == false)
        #expect(failure?.detail == "no connection to the proxy 127.0.0.1:\(proxy.port): \(problem)")
        await proxy.stop()
    }
}
