internal import BearerCore
internal import CCrypto
internal import CCurl
internal import Glibc

/// Turns the end of a transfer that brought no status into what the core decides on.
///
/// Before the request was sent the end says how connecting failed; afterwards only that no answer came, and whether the
/// server acted is unknown.
struct TransportFailure {
    /// The peer of TLS, for messages.
    let server: String
    /// The peer of the connection, for messages: the server or the proxy.
    let peer: String
    let limits: UpstreamLimits

    func classify(_ end: TransferEnd) -> ExchangeFailure {
        end.isSent ? afterSending(end) : beforeSending(end)
    }

    private func afterSending(_ end: TransferEnd) -> ExchangeFailure {
        if end.isHeadTooLong {
            let detail = "the head of the reply is longer than \(ReplyBuffer.headLimit) bytes"
            return ExchangeFailure(.unexpectedReply, detail: detail, isUnanswered: true)
        }
        switch end.code {
        case CURLE_OPERATION_TIMEDOUT:
            let detail = "no complete answer within \(limits.exchange), the time limit of an exchange"
            return ExchangeFailure(.timedOut, detail: detail, isUnanswered: true)
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP2, CURLE_BAD_CONTENT_ENCODING, CURLE_OK:
            return ExchangeFailure(.unexpectedReply, detail: "the reply is not HTTP/1.1", isUnanswered: true)
        default:
            let detail = "the connection was lost before an answer came"
            return ExchangeFailure(.connectionLost, detail: detail, isUnanswered: true)
        }
    }

    private func beforeSending(_ end: TransferEnd) -> ExchangeFailure {
        if let problem = tlsProblem(end) {
            return ExchangeFailure(.tls, detail: "no TLS with \(server): \(problem)")
        }
        return ExchangeFailure(.notConnected, detail: "no connection to \(peer): \(connectProblem(end))")
    }

    private func tlsProblem(_ end: TransferEnd) -> String? {
        switch end.code {
        case CURLE_PEER_FAILED_VERIFICATION:
            Self.certificateProblem(end.verification)
        case CURLE_SSL_CONNECT_ERROR:
            Self.handshakeProblem(end.message)
        case CURLE_OPERATION_TIMEDOUT where end.hasBegunTLS:
            "the handshake was not complete within \(limits.connect)"
        case CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_CIPHER, CURLE_SSL_CERTPROBLEM:
            "it could not be set up; are root certificates installed?"
        default:
            nil
        }
    }

    private static func certificateProblem(_ verification: Int) -> String {
        switch CInt(truncatingIfNeeded: verification) {
        // The last is what libcurl leaves there when the name is the only thing that is wrong.
        case X509_V_OK, X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH, X509_V_ERR_UNSPECIFIED:
            "the certificate is for another name"
        case X509_V_ERR_CERT_HAS_EXPIRED:
            "the certificate has expired"
        case X509_V_ERR_CERT_NOT_YET_VALID:
            "the certificate is not valid yet; is the clock right?"
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            "the certificate is self-signed, expected one from a trusted authority"
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
            "the certificate is not from a trusted authority"
        case let other:
            "the certificate is not accepted (\(String(cString: X509_verify_cert_error_string(Int(other)))))"
        }
    }

    /// libcurl gives the reasons of OpenSSL as text only.
    private static func handshakeProblem(_ message: String) -> String {
        let known = [
            ("wrong version number", "the answer is not TLS"),
            ("packet length too long", "the answer is not TLS"),
            ("http request", "the answer is not TLS"),
            ("protocol version", "the peer does not speak TLS 1.2 or newer"),
            ("unsupported protocol", "the peer does not speak TLS 1.2 or newer"),
            ("unexpected eof", "the connection was closed during the handshake"),
            ("SSL_ERROR_SYSCALL", "the connection was closed during the handshake"),
            ("reset by peer", "the connection was closed during the handshake"),
        ]
        return known.first { message.contains($0.0) }?.1 ?? "the handshake failed"
    }

    private func connectProblem(_ end: TransferEnd) -> String {
        switch end.code {
        case CURLE_ABORTED_BY_CALLBACK:
            return "the exchange was given up"
        case CURLE_BAD_FUNCTION_ARGUMENT:
            return "a header has characters that cannot be sent"
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            return "the name was not resolved"
        case CURLE_OPERATION_TIMEDOUT:
            return "not established within \(limits.connect)"
        case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT:
            return "no memory or thread is left for it"
        default:
            break
        }
        if end.proxyStatus == 407 { return "it asks for authentication, which is not supported" }
        if end.proxyStatus >= 300 || end.code == CURLE_PROXY { return "it refused to connect to the server" }
        if end.code == CURLE_GOT_NOTHING { return "it was closed at once" }
        return end.systemError == 0 ? "the connection failed" : String(cString: strerror(end.systemError))
    }
}

/// How a transfer ended, according to libcurl: its code and its own counters.
struct TransferEnd: Sendable, Equatable {
    let code: CURLcode
    /// Whether any byte of the request's body went out. False: the server cannot have acted, since a body announced by
    /// Content-Length is missing.
    var isSent = false
    /// Whether the connection stood, and TLS with the server had begun.
    var hasBegunTLS = false
    /// What the proxy answered to CONNECT; 0 without an answer.
    var proxyStatus = 0
    /// What OpenSSL said of the certificate, one of X509_V_ERR_…; see X509_STORE_CTX_get_error(3ssl).
    var verification = 0
    /// errno of the connection's system call that failed last.
    var systemError: CInt = 0
    /// libcurl's words. They are looked into, never shown.
    var message = ""
    /// The head of the reply went on and on.
    var isHeadTooLong = false
    /// There is one as soon as a status has arrived, whatever became of the body.
    var reply: HTTPReply?

    init(code: CURLcode) {
        self.code = code
    }
}
