import AsyncHTTPClient
import BearerCore
import NIOCore
import NIOHTTP1
import NIOSSL
import Testing

@testable import BearerUpstream

@Suite("Failures without a status")
struct TransportFailureTests {
    private func classify(_ error: any Error, isSent: Bool, isLate: Bool = false) -> ExchangeFailure {
        TransportFailure(server: "host:443", peer: "host:443", limits: UpstreamLimits(), isSent: isSent, isLate: isLate)
            .classify(error)
    }

    static let beforeSending: [(any Error, ExchangeFailure.Reason)] = [
        (HTTPClientError.connectTimeout, .notConnected),
        (HTTPClientError.getConnectionFromPoolTimeout, .notConnected),
        (HTTPClientError.httpProxyHandshakeTimeout, .notConnected),
        (HTTPClientError.proxyAuthenticationRequired, .notConnected),
        (HTTPClientError.invalidProxyResponse, .notConnected),
        (HTTPClientError.remoteConnectionClosed, .notConnected),
        (HTTPClientError.invalidURL, .notConnected),
        (IOError(errnoCode: 113, reason: "connect"), .notConnected),
        (CancellationError(), .notConnected),
        (HTTPClientError.tlsHandshakeTimeout, .tls),
        (NIOSSLExtraError.failedToValidateHostname, .tls),
        (NIOSSLError.handshakeFailed(.sslError([.eofDuringHandshake])), .tls),
        (NIOSSLError.uncleanShutdown, .tls),
        (BoringSSLError.unknownError([]), .tls),
    ]

    @Test("before sending, the server cannot have acted", arguments: beforeSending)
    func connecting(error: any Error, reason: ExchangeFailure.Reason) {
        let failure = classify(error, isSent: false)
        #expect(failure.reason == reason)
        #expect(!failure.isUnanswered)
        #expect(failure.detail.contains("host:443"))
    }

    @Test(
        "after sending, whatever ended the connection, the server may have acted",
        arguments: [
            HTTPClientError.remoteConnectionClosed, IOError(errnoCode: 104, reason: "read"),
            NIOSSLError.uncleanShutdown, CancellationError(), ChannelError.eof,
        ] as [any Error])
    func waiting(error: any Error) {
        let failure = classify(error, isSent: true)
        #expect(failure.reason == .connectionLost)
        #expect(failure.isUnanswered)
    }

    @Test("what is not HTTP is an unexpected reply, and no answer")
    func notHTTP() {
        let failure = classify(HTTPParserError.invalidConstant, isSent: true)
        #expect(failure.reason == .unexpectedReply)
        #expect(failure.isUnanswered)
    }

    @Test("the time limit decides over the error that it causes", arguments: [true, false])
    func late(isSent: Bool) {
        let failure = classify(CancellationError(), isSent: isSent, isLate: true)
        #expect(failure.reason == .timedOut)
        #expect(failure.isUnanswered == isSent)
    }

    @Test("an unreachable host is named with the system's reason")
    func unreachable() {
        let failure = classify(IOError(errnoCode: 113, reason: "connect"), isSent: false)
        #expect(failure.detail == "no connection to host:443: No route to host")
    }
}
