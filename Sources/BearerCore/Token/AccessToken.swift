/// A token that was obtained. Its true end is fixed when the request for it is sent, on both clocks, and never moves.
package struct AccessToken: Sendable, Equatable {
    package let value: Secret
    /// Counts the tokens of one profile, from 1.
    package let generation: UInt64
    package let lifetime: Duration
    /// When the request for it was sent.
    package let requestedAt: ClockReading
    /// The earliest moment at which the server may call it expired.
    package let expiry: ClockReading

    /// A token with less than this left is not handed out.
    package static let minimumService = Duration.seconds(1)

    package init(grant: TokenGrant, generation: UInt64, requestedAt: ClockReading) {
        self.value = grant.value
        self.generation = generation
        self.lifetime = grant.lifetime
        self.requestedAt = requestedAt
        self.expiry = requestedAt.advanced(by: grant.lifetime)
    }

    /// The moment from which it is not handed out any more.
    package var endOfService: ClockReading { expiry.advanced(by: .zero - Self.minimumService) }

    /// What is left of its lifetime, by the more pessimistic clock.
    package func remaining(at now: ClockReading) -> Duration { expiry.remaining(at: now) }

    /// Whether it may be handed out: more than a second is left.
    package func isServable(at now: ClockReading) -> Bool { remaining(at: now) > Self.minimumService }
}
