internal import BearerCore
internal import BearerJSON

/// The two endpoints of dynamic client registration.
enum Endpoint: Sendable {
    case register
    case token

    var path: String {
        switch self {
        case .register: "/o/client/register"
        case .token: "/o/client/token"
        }
    }
}

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

/// Reads the answer to a registration; RFC 7591 section 3.2.1.
///
/// Lenient with everything but the credentials themselves: to refuse a reply is to waste a registration.
enum RegistrationResponse {
    static func credentials(in reply: HTTPReply, now: Duration) throws(ExchangeFailure) -> ClientCredentials {
        let judge = ReplyJudge(endpoint: .register, now: now)
        let object = try judge.object(of: reply)
        do {
            let client = try ClientMembers.read(object)
            return ClientCredentials(
                clientID: client.id, clientSecret: client.secret, issuedAt: issuedAt(in: object),
                scopes: scopes(in: object))
        } catch {
            throw judge.unusable(reply, error.detail)
        }
    }

    /// What is no scope is left out.
    private static func scopes(in object: ReplyObject) -> [String]? {
        guard case .other(let value) = object["scopes"], let elements = value.array else { return nil }
        return Array(elements.compactMap(\.string).filter(Scope.isValid).prefix(Scope.maximumCount))
    }

    /// A negative one says nothing: some servers answer -1 for “unknown”.
    private static func issuedAt(in object: ReplyObject) -> Int64? {
        guard case .other(let value) = object["client_id_issued_at"], let seconds = value.wholeNumber, seconds >= 0
        else { return nil }
        return seconds
    }
}

/// Reads the answer to a request for a token; RFC 6749 section 5.1.
///
/// Only the token, its type and its lifetime are of use: what else the server says about times is not believed.
enum TokenResponse {
    private static let maximumToken = 8192

    static func grant(in reply: HTTPReply, now: Duration) throws(ExchangeFailure) -> TokenGrant {
        let judge = ReplyJudge(endpoint: .token, now: now)
        let object = try judge.object(of: reply)
        do {
            let token = try token(in: object)
            try checkType(in: object)
            return TokenGrant(value: token, lifetime: try Lifetime.parse(object["expires_in"]))
        } catch {
            throw judge.unusable(reply, error.detail)
        }
    }

    private static func token(in object: ReplyObject) throws(ReplyProblem) -> Secret {
        let expected = "expected a b64token of 1 to \(maximumToken) bytes"
        guard let member = object["access_token"] else {
            throw ReplyProblem("access_token is missing, \(expected)")
        }
        guard case .text(let token) = member else {
            throw ReplyProblem("access_token is \(member.kind), \(expected)")
        }
        guard token.count <= maximumToken else {
            throw ReplyProblem("access_token has \(token.count) bytes, \(expected)")
        }
        guard token.withBytes(B64Token.isValid) else {
            throw ReplyProblem("access_token is \(token.isEmpty ? "empty" : "of another form"), \(expected)")
        }
        return token
    }

    private static func checkType(in object: ReplyObject) throws(ReplyProblem) {
        guard let member = object["token_type"] else {
            throw ReplyProblem("token_type is missing, expected bearer")
        }
        guard let type = member.publicText else {
            throw ReplyProblem("token_type is \(member.kind), expected bearer")
        }
        guard type.lowercased() == "bearer" else {
            throw ReplyProblem("token_type is another than bearer")
        }
    }
}

/// Reads `expires_in`: a whole number of seconds, or a decimal string of one, of at least 1.
enum Lifetime {
    private static let expected = "expected a whole number of seconds of at least 1"

    /// More than an `Int64` holds is believed like anything over ``TokenGrant/maximumLifetime``.
    static func parse(_ member: ReplyObject.Member?) throws(ReplyProblem) -> Duration {
        let seconds: Int64?
        let found: String
        switch member {
        case nil:
            throw ReplyProblem("expires_in is missing, \(expected)")
        case .text(let text):
            let digits = text.withBytes { String(decoding: $0, as: UTF8.self) }
            seconds = ASCII.number(digits)
            found = SafeWord.number(digits) ?? "a string"
        case .other(.number(let number)):
            seconds = number.wholeNumber ?? beyondRange(number)
            found = SafeWord.number(number.text) ?? "a number"
        case .other(let value):
            throw ReplyProblem("expires_in is \(value.kind), \(expected)")
        }
        guard let seconds, seconds >= 1 else { throw ReplyProblem("expires_in is \(found), \(expected)") }
        return min(.seconds(seconds), TokenGrant.maximumLifetime)
    }

    /// A number that `Int64` cannot hold is whole if it is this large: a `Double` up there has no fraction.
    private static func beyondRange(_ number: JSONNumber) -> Int64? {
        guard let value = Double(number.text), value >= 0x1p63 else { return nil }
        return .max
    }
}
