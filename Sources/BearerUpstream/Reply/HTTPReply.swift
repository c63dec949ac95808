internal import BearerCore

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
