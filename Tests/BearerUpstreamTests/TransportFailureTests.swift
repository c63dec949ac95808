import BearerCore
import CCrypto
import CCurl
import Glibc
import Testing

@testable import BearerUpstream

@Suite("Failures without a status")
struct TransportFailureTests {
    private func classify(
        _ code: CURLcode, peer: String = "host:443", _ change: (inout TransferEnd) -> Void = { _ in }
    ) -> ExchangeFailure {
        var end = TransferEnd(code: code)
        change(&end)
        return TransportFailure(server: "host:443", peer: peer, limits: UpstreamLimits())
            .classify(end)
    }

    static let connectProblems: [(CURLcode, CInt, String)] = [
        (CURLE_COULDNT_CONNECT, EHOSTUNREACH, "No route to host"),
        (CURLE_COULDNT_CONNECT, ECONNREFUSED, "Connection refused"),
        (CURLE_COULDNT_CONNECT, 0, "the connection failed"),
        (CURLE_COULDNT_RESOLVE_HOST, 0, "the name was not resolved"),
        (CURLE_COULDNT_RESOLVE_PROXY, 0, "the name was not resolved"),
        (CURLE_OPERATION_TIMEDOUT, 0, "not established within 5.0 seconds"),
        (CURLE_ABORTED_BY_CALLBACK, 0, "the exchange was given up"),
        (CURLE_OUT_OF_MEMORY, 0, "no memory or thread is left for it"),
        (CURLE_FAILED_INIT, 0, "no memory or thread is left for it"),
        (CURLE_URL_MALFORMAT, 0, "the connection failed"), (CURLE_GOT_NOTHING, 0, "it was closed at once"),
        (CURLE_RECV_ERROR, ECONNRESET, "Connection reset by peer"),
    ]

    @Test("before sending, the server cannot have acted", arguments: connectProblems)
    func beforeSending(code: CURLcode, systemError: CInt, problem: String) {
        let failure = classify(code) { $0.systemError = systemError }
        #expect(failure == ExchangeFailure(.notConnected, detail: "no connection to host:443: \(problem)"))
    }

    static let certificates: [(CInt, String)] = [
        (X509_V_OK, "the certificate is for another name"),
        (X509_V_ERR_HOSTNAME_MISMATCH, "the certificate is for another name"),
        (X509_V_ERR_UNSPECIFIED, "the certificate is for another name"),
        (X509_V_ERR_CERT_HAS_EXPIRED, "the certificate has expired"),
        (X509_V_ERR_CERT_NOT_YET_VALID, "the certificate is not valid yet; is the clock right?"),
        (
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
            "the certificate is self-signed, expected one from a trusted authority"
        ),
        (X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "the certificate is not from a trusted authority"),
        (X509_V_ERR_CA_MD_TOO_WEAK, "the certificate is not accepted (CA signature digest algorithm too weak)"),
    ]

    @Test("what is wrong with a certificate is said", arguments: certificates)
    func certificate(verification: CInt, problem: String) {
        let failure = classify(CURLE_PEER_FAILED_VERIFICATION) { $0.verification = Int(verification) }
        #expect(failure == ExchangeFailure(.tls, detail: "no TLS with host:443: \(problem)"))
    }

    static let handshakes = [
        ("error:0A000410:SSL routines::sslv3 alert handshake failure", "the handshake failed"),
        ("error:0A00010B:SSL routines::wrong version number", "the answer is not TLS"),
        ("error:0A00042E:SSL routines::tlsv1 alert protocol version", "the peer does not speak TLS 1.2 or newer"),
        ("error:0A000102:SSL routines::unsupported protocol", "the peer does not speak TLS 1.2 or newer"),
        ("OpenSSL SSL_connect: Connection reset by peer", "the connection was closed during the handshake"),
        ("error:0A000126:SSL routines::unexpected eof while reading", "the connection was closed during the handshake"),
    ]

    @Test("what is wrong with a handshake is said", arguments: handshakes)
    func handshake(message: String, problem: String) {
        let failure = classify(CURLE_SSL_CONNECT_ERROR) { $0.message = message }
        #expect(failure == ExchangeFailure(.tls, detail: "no TLS with host:443: \(problem)"))
    }

    @Test("a time limit that ends a handshake is one of TLS, also behind a proxy that granted the tunnel")
    func slowHandshake() {
        let limit = "no TLS with host:443: the handshake was not complete within 5.0 seconds"
        #expect(classify(CURLE_OPERATION_TIMEDOUT) { $0.hasBegunTLS = true }.detail == limit)
        let granted = classify(CURLE_OPERATION_TIMEDOUT, peer: "the proxy p:1") {
            $0.hasBegunTLS = true
            $0.proxyStatus = 200
        }
        #expect(granted.detail == limit)
        let silent = classify(CURLE_OPERATION_TIMEDOUT, peer: "the proxy p:1")
        #expect(silent.detail == "no connection to the proxy p:1: not established within 5.0 seconds")
    }

    @Test(
        "a proxy that refuses is said to be that",
        arguments: [(407, "it asks for"), (403, "it refused"), (502, "it refused")])
    func proxy(status: Int, problem: String) {
        let failure = classify(CURLE_RECV_ERROR, peer: "the proxy p:1") {
            $0.proxyStatus = status
        }
        #expect(failure.reason == .notConnected)
        #expect(failure.detail.hasPrefix("no connection to the proxy p:1: \(problem)"))
    }

    static let lostAnswers: [(CURLcode, ExchangeFailure.Reason)] = [
        (CURLE_RECV_ERROR, .connectionLost), (CURLE_SEND_ERROR, .connectionLost), (CURLE_GOT_NOTHING, .connectionLost),
        (CURLE_PARTIAL_FILE, .connectionLost), (CURLE_ABORTED_BY_CALLBACK, .connectionLost),
        (CURLE_SSL_CONNECT_ERROR, .connectionLost), (CURLE_OPERATION_TIMEDOUT, .timedOut),
        (CURLE_UNSUPPORTED_PROTOCOL, .unexpectedReply), (CURLE_WEIRD_SERVER_REPLY, .unexpectedReply),
    ]

    @Test("after sending, whatever ended the transfer, the server may have acted", arguments: lostAnswers)
    func afterSending(code: CURLcode, reason: ExchangeFailure.Reason) {
        let failure = classify(code) { $0.isSent = true }
        #expect(failure.reason == reason)
        #expect(failure.isUnanswered)
    }

    @Test("a head without end is an unexpected reply, and no answer")
    func longHead() {
        let failure = classify(CURLE_WRITE_ERROR) {
            $0.isSent = true
            $0.isHeadTooLong = true
        }
        #expect(failure.reason == .unexpectedReply)
        #expect(failure.isUnanswered)
        #expect(failure.detail == "the head of the reply is longer than 65536 bytes")
    }
}
