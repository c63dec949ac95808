internal import AsyncHTTPClient
internal import BearerCore
internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// Turns the error of an exchange that brought no status into what the core decides on.
///
/// Before the request was sent the error says how connecting failed; afterwards only that no answer came, and whether
/// the server acted is unknown.
struct TransportFailure {
    /// Whom we speak TLS with, for messages.
    let server: String
    /// Whom we connect to, for messages: the server or the proxy.
    let peer: String
    let limits: UpstreamLimits
    let isSent: Bool
    let isLate: Bool

    func classify(_ error: any Error) -> ExchangeFailure {
        if isLate {
            let detail = "no complete answer within \(limits.exchange), the time limit of an exchange"
            return ExchangeFailure(.timedOut, detail: detail, isUnanswered: isSent)
        }
        return isSent ? afterSending(error) : beforeSending(error)
    }

    private func afterSending(_ error: any Error) -> ExchangeFailure {
        if error is HTTPParserError {
            return ExchangeFailure(
                .unexpectedReply,
                detail: "the reply is not HTTP/1.1",
                isUnanswered: true
            )
        }
        return ExchangeFailure(
            .connectionLost,
            detail: "the connection was lost before an answer came",
            isUnanswered: true
        )
    }

    private func beforeSending(_ error: any Error) -> ExchangeFailure {
        if let problem = tlsProblem(error) {
            return ExchangeFailure(.tls, detail: "no TLS with \(server): \(problem)")
        }
        return ExchangeFailure(.notConnected, detail: "no connection to \(peer): \(connectProblem(error))")
    }

    private func tlsProblem(_ error: any Error) -> String? {
        switch error {
        case let error as HTTPClientError where error == .tlsHandshakeTimeout:
            "the handshake was not complete within \(limits.connect)"
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            "the certificate is for another name"
        case NIOSSLError.handshakeFailed(let cause), let cause as BoringSSLError:
            Self.handshakeProblem(cause)
        case is NIOSSLError, is NIOSSLExtraError:
            "the connection was closed during the handshake"
        default:
            nil
        }
    }

    /// BoringSSL names its reasons only in the text of its error stack.
    private static func handshakeProblem(_ cause: BoringSSLError) -> String {
        let text = String(describing: cause)
        let known = [
            ("CERTIFICATE_VERIFY_FAILED", "the certificate is not from a trusted authority, or not valid now"),
            ("EOF during handshake", "the connection was closed during the handshake"),
            ("WRONG_VERSION_NUMBER", "the answer is not TLS"),
            ("PROTOCOL_VERSION", "the peer does not speak TLS 1.2 or newer"),
            ("UNSUPPORTED_PROTOCOL", "the peer does not speak TLS 1.2 or newer"),
        ]
        if let match = known.first(where: { text.contains($0.0) }) { return match.1 }
        if case .unknownError = cause { return "it could not be set up; are root certificates installed?" }
        return "the handshake failed"
    }

    private func connectProblem(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError:
            clientProblem(error)
        case let error as IOError:
            Self.systemProblem(error)
        case let error as NIOConnectionError:
            Self.attemptsProblem(error)
        case is CancellationError:
            Self.givenUp
        default:
            "the connection failed"
        }
    }

    private func clientProblem(_ error: HTTPClientError) -> String {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout, .httpProxyHandshakeTimeout:
            "not established within \(limits.connect)"
        case .proxyAuthenticationRequired:
            "it asks for authentication, which is not supported"
        case .invalidProxyResponse:
            "it refused to connect to the server"
        case .remoteConnectionClosed:
            "it was closed at once"
        case .cancelled, .alreadyShutdown:
            Self.givenUp
        default:
            error.shortDescription
        }
    }

    private static let givenUp = "the exchange was given up"

    private static func systemProblem(_ error: IOError) -> String {
        String(cString: strerror(error.errnoCode))
    }

    private static func attemptsProblem(_ error: NIOConnectionError) -> String {
        if let attempt = error.connectionErrors.last {
            return (attempt.error as? IOError).map(systemProblem) ?? "not established"
        }
        return "the name was not resolved"
    }
}
