package import BearerCore
internal import BearerLoop

/// Secrets that are searched for wherever nothing secret may be.
package enum Canary {
    package static let statement = "canarystatement.Y2FuYXJ5.c2lnbmF0dXJl"
    package static let token = "canary-token-in-memory"
}

extension AccessToken {
    /// - Parameter moment: when it was requested; `nil` for now.
    package static func sample(
        _ value: String = Canary.token, lasting lifetime: Duration = .seconds(3600), generation: UInt64 = 1,
        since moment: ClockReading? = nil
    ) -> AccessToken {
        AccessToken(
            grant: TokenGrant(value: Secret(value), lifetime: lifetime), generation: generation,
            requestedAt: moment ?? SystemClock.now())
    }
}

extension Secret {
    /// The bytes as text, for tests only.
    package var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}
