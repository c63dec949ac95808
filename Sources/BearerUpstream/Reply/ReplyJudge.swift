internal import BearerCore
internal import BearerJSON

/// A reply whose status arrived, with the parts of it that are used.
struct HTTPReply: Sendable, Equatable {
    enum Body: Sendable, Equatable {
        /// Secret, since a token or a client secret may be in it.
        case whole(Secret)
        /// Not read, since nothing in it could matter: redirects and server errors.
        case unread
        /// More than this many bytes, the limit.
        case longer(than: Int)
        /// The connection was lost before the end.
        case cut
        /// The time limit was reached before the end.
        case late
    }

    let status: Int
    var contentType: String?
    var contentEncoding: String?
    /// `Retry-After` as sent.
    var retryAfter: String?
    /// `Date` as sent.
    var date: String?
    var body: Body

    var isSuccess: Bool { 200..<300 ~= status }

    /// Whether a documented `error` in the body would decide.
    var isClientError: Bool { 400..<500 ~= status }

    static func readsBody(status: Int) -> Bool { 200..<300 ~= status || 400..<500 ~= status }
}

/// Decides what a reply means before anything endpoint-specific is read from it.
///
/// A documented `error` decides whatever the 4xx status; every other status that is no success stands for itself.
///
/// A registration may have been made although its answer cannot be used. It was certainly not made only if a documented
/// `error` came, 429, 3xx, 401, 403, 404, 503 with `Retry-After`, or 200 with an HTML page, which is a captive portal's.
/// Every other answer without credentials leaves it open: a gateway says 502 or 504 when the answer of the server behind
/// it was lost. A token that is lost is simply asked for again.
struct ReplyJudge {
    let endpoint: Endpoint
    /// The wall clock since 1970, when the reply had come; for a reply without `Date`.
    let now: Duration

    /// The object of a success.
    func object(of reply: HTTPReply) throws(ExchangeFailure) -> ReplyObject {
        guard reply.isSuccess else { throw refusal(reply) }
        switch reply.body {
        case .whole(let body):
            do {
                return try ReplyObject(parsing: body)
            } catch {
                throw unusable(reply, Self.problem(error, in: reply))
            }
        case .longer(let limit):
            throw unusable(reply, "the reply is longer than \(limit) bytes")
        case .unread:
            throw unusable(reply, "the reply has no body")
        case .cut:
            throw lost(reply, .connectionLost, "the connection was lost before the whole reply had come")
        case .late:
            throw lost(reply, .timedOut, "the reply was not complete within the time limit")
        }
    }

    /// The failure for a success that is not what the endpoint documents.
    func unusable(_ reply: HTTPReply, _ detail: String) -> ExchangeFailure {
        ExchangeFailure(
            .unexpectedReply, detail: detail, retryAfter: retryAfter(reply), isUnanswered: mayHaveRegistered(reply))
    }

    /// Whether a registration may have been made, for a reply that brings neither credentials nor a documented `error`.
    private func mayHaveRegistered(_ reply: HTTPReply) -> Bool {
        guard endpoint == .register else { return false }
        switch reply.status {
        case 200: return !reply.isPage
        case 300..<400, 401, 403, 404, 429: return false
        case 503: return retryAfter(reply) == nil
        default: return true
        }
    }

    private func lost(_ reply: HTTPReply, _ reason: ExchangeFailure.Reason, _ detail: String) -> ExchangeFailure {
        let isUnanswered = endpoint == .token || mayHaveRegistered(reply)
        return ExchangeFailure(reason, detail: detail, retryAfter: retryAfter(reply), isUnanswered: isUnanswered)
    }

    private func refusal(_ reply: HTTPReply) -> ExchangeFailure {
        let code = errorCode(of: reply)
        if let error = code.flatMap(OAuthError.init(rawValue:)) {
            let detail = "refused with \(error.rawValue), status \(reply.status)"
            return ExchangeFailure(.oauth(error), detail: detail, retryAfter: retryAfter(reply))
        }
        return ExchangeFailure(
            .status(reply.status), detail: statusDetail(reply, code: code), retryAfter: retryAfter(reply),
            isUnanswered: mayHaveRegistered(reply))
    }

    /// The `error` member of a 4xx reply.
    private func errorCode(of reply: HTTPReply) -> String? {
        guard reply.isClientError, case .whole(let body) = reply.body else { return nil }
        return (try? ReplyObject(parsing: body))?["error"]?.publicText
    }

    private func statusDetail(_ reply: HTTPReply, code: String?) -> String {
        if 300..<400 ~= reply.status { return "status \(reply.status): redirects are not followed" }
        guard reply.isClientError else { return "status \(reply.status), expected a success" }
        if let word = code.flatMap(SafeWord.errorCode) {
            return "status \(reply.status) with the undocumented error \(word)"
        }
        if reply.status == 429 { return "status 429: the server says that too many calls come from this address" }
        return "status \(reply.status) without a documented error"
    }

    private func retryAfter(_ reply: HTTPReply) -> Duration? {
        // By the server's own clock, if it sends its time: this host's may be wrong.
        let sent = reply.date.flatMap(HTTPDate.unixSeconds).map { Duration.seconds($0) }
        return reply.retryAfter.flatMap { RetryAfter.parse($0, now: sent ?? now) }
    }

    private static func problem(_ malformed: ReplyObject.Malformed, in reply: HTTPReply) -> String {
        if let coding = reply.contentEncoding.flatMap(SafeWord.mediaType), coding.lowercased() != "identity" {
            return "the reply is encoded as \(coding), which was not asked for"
        }
        switch malformed {
        case .anotherKind(let kind):
            return "the reply is \(kind), expected a JSON object"
        case .invalidJSON(let offset):
            let type = reply.contentType.flatMap(SafeWord.mediaType)
            guard let type, !type.lowercased().hasSuffix("json") else {
                return "the reply is not valid JSON, at byte \(offset)"
            }
            return "the reply is \(type), expected a JSON object"
        }
    }
}

extension HTTPReply {
    /// Whether the body is an HTML page, by its type or by how it begins. A JSON object is none, whatever its type.
    fileprivate var isPage: Bool {
        let type = contentType.flatMap(SafeWord.mediaType)?.lowercased()
        let isTypeOfPage = type == "text/html" || type == "application/xhtml+xml"
        guard case .whole(let body) = body else { return isTypeOfPage }
        let first = body.withBytes { bytes in
            bytes.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
        }
        if first == UInt8(ascii: "{") { return false }
        if contentEncoding != nil { return isTypeOfPage }
        return first == UInt8(ascii: "<") || (isTypeOfPage && first != nil)
    }
}
