internal import BearerCore
internal import BearerProtocol

/// An access token.
///
/// However it is printed, interpolated, dumped or logged, the token itself does not show. It is reached by an explicit
/// call only: ``value``, ``authorization`` or ``withBytes(_:)``. The memory that the token holds is wiped when the last
/// copy of it goes; what those calls copy out is not.
///
/// Do not keep one for longer than a request: ask for a token whenever you need one. The daemon answers from memory,
/// and it alone knows when the token was renewed.
public struct BearerToken: Sendable, Equatable {
    let secret: Secret
    /// The profile that it belongs to.
    public let profile: String
    /// What was left of its lifetime when the daemon answered: whole seconds, rounded down, at least 1.
    public let expiresIn: Duration
    /// When it ends by the wall clock, in seconds since 1970.
    public let expiresAt: Int64
    /// The number of the token within its profile, which grows by one per renewal; only in the updates of
    /// ``Bearerd/watch(profile:)``.
    public let generation: Int64?

    /// A token that did not come from the daemon, as tests of other programs need it.
    ///
    /// - Parameters:
    ///   - value: the token.
    ///   - profile: the profile that it belongs to.
    ///   - expiresIn: what is left of its lifetime.
    ///   - expiresAt: when it ends, in seconds since 1970.
    ///   - generation: its number within the profile.
    public init(
        _ value: String, profile: String = "default", expiresIn: Duration, expiresAt: Int64, generation: Int64? = nil
    ) {
        self.secret = Secret(value)
        self.profile = profile
        self.expiresIn = expiresIn
        self.expiresAt = expiresAt
        self.generation = generation
    }

    init(_ reply: TokenReply) {
        secret = reply.token
        profile = reply.profile
        expiresIn = .seconds(reply.expiresIn)
        expiresAt = reply.expiresAt
        generation = reply.generation
    }

    /// The token, copied into a string that is not wiped. Hand it to its destination and let go of it.
    public var value: String { secret.withBytes { String(decoding: $0, as: UTF8.self) } }

    /// What goes into the `Authorization` field of an HTTP request, see RFC 6750 section 2.1: `Bearer` and the token.
    public var authorization: String { "Bearer " + value }

    /// Lends the bytes of the token for the time of `body`, which must not let them out.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try secret.withBytes(body)
    }
}

extension BearerToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Profile and end, without the token.
    public var description: String { "token of \(profile) until \(expiresAt): <redacted>" }

    /// As ``description``.
    public var debugDescription: String { description }

    /// Profile and end, without the token.
    public var customMirror: Mirror {
        Mirror(self, children: ["profile": profile, "expiresIn": expiresIn, "expiresAt": expiresAt])
    }
}
