internal import BearerCore
internal import BearerJSON

/// Decides what a reply means before anything endpoint-specific is read from it.
///
/// A documented `error` decides whatever the 4xx status; every other status that is no success stands for itself.
/// A status that arrived is an answer, even if the body is unusable, save for a success whose registration is lost.
struct ReplyJudge {
    let endpoint: Endpoint
    /// The wall clock since 1970, when the reply had come.
    let now: Duration

    /// The object of a success.
    func object(of reply: HTTPReply) throws(ExchangeFailure) -> ReplyObject {
        guard reply.isSuccess else { throw refusal(reply) }
        switch reply.body {
        case .whole(let body):
            do {
                return try ReplyObject(parsing: body)
            } catch {
                throw unusable(reply, Self.problem(error, in: reply), isFromEndpoint: Self.mayBeDamaged(body, reply))
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
    ///
    /// - Parameter isFromEndpoint: false for what something on the way says, such as a captive portal's page.
    func unusable(_ reply: HTTPReply, _ detail: String, isFromEndpoint: Bool = true) -> ExchangeFailure {
        ExchangeFailure(
            .unexpectedReply,
            detail: detail,
            retryAfter: retryAfter(reply),
            isUnanswered: endpoint.losesByUnusableSuccess && isFromEndpoint
        )
    }

    /// Whether the body may be a JSON object, encoded or damaged, rather than a page, a text or nothing at all.
    private static func mayBeDamaged(_ body: Secret, _ reply: HTTPReply) -> Bool {
        if reply.contentEncoding != nil { return true }
        return body.withBytes { bytes in
            bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
        }
    }

    private func lost(_ reply: HTTPReply, _ reason: ExchangeFailure.Reason, _ detail: String) -> ExchangeFailure {
        ExchangeFailure(reason, detail: detail, retryAfter: retryAfter(reply), isUnanswered: true)
    }

    private func refusal(_ reply: HTTPReply) -> ExchangeFailure {
        let code = errorCode(of: reply)
        if let error = code.flatMap(OAuthError.init(rawValue:)) {
            let detail = "refused with \(error.rawValue), status \(reply.status)"
            return ExchangeFailure(.oauth(error), detail: detail, retryAfter: retryAfter(reply))
        }
        return ExchangeFailure(
            .status(reply.status),
            detail: statusDetail(reply, code: code),
            retryAfter: retryAfter(reply)
        )
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
        return "status \(reply.status) without a documented error"
    }

    private func retryAfter(_ reply: HTTPReply) -> Duration? {
        reply.retryAfter.flatMap { RetryAfter.parse($0, now: now) }
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
