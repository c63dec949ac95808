internal import CCurl

/// How a transfer ended, as libcurl tells it: its code and its own counters.
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
