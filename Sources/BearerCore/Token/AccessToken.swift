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

/// The syntax of an access token that fits into an `Authorization: Bearer` header.
package enum B64Token {
    /// Whether `bytes` are a `b64token`: RFC 6750 section 2.1.
    package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let body = bytes.prefix { $0 != UInt8(ascii: "=") }
        let padding = bytes.dropFirst(body.count)
        return !body.isEmpty && body.allSatisfy(isTokenCharacter) && padding.allSatisfy { $0 == UInt8(ascii: "=") }
    }

    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        ASCII.isLetter(byte) || ASCII.isDigit(byte) || "-._~+/".utf8.contains(byte)
    }
}

/// One reading of the two clocks that decide over a token.
///
/// `boot` is CLOCK_BOOTTIME (it goes on in suspend and is never stepped), `wall` is CLOCK_REALTIME since 1970
/// (it shows what a paused virtual machine missed, and is stepped). See clock_gettime(2).
package struct ClockReading: Sendable, Equatable {
    package var boot: Duration
    package var wall: Duration

    package init(boot: Duration, wall: Duration) {
        self.boot = boot
        self.wall = wall
    }

    /// The moment `duration` later, on both clocks alike.
    package func advanced(by duration: Duration) -> ClockReading {
        ClockReading(boot: boot + duration, wall: wall + duration)
    }

    /// The time from `now` to this moment: the shorter of what the two clocks say, so that a step of the wall clock
    /// can bring it nearer but never put it off. Negative once it is past.
    package func remaining(at now: ClockReading) -> Duration {
        min(boot - now.boot, wall - now.wall)
    }

    /// Whether either clock has reached this moment.
    package func isReached(at now: ClockReading) -> Bool {
        remaining(at: now) <= .zero
    }

    /// The moment that is reached as soon as one of the two is, whichever clock is stepped before.
    package func earlier(_ other: ClockReading) -> ClockReading {
        ClockReading(boot: min(boot, other.boot), wall: min(wall, other.wall))
    }

    /// The wall clock less the boot clock: it changes when somebody sets the wall clock, and only by drift otherwise.
    package var wallClockOffset: Duration { wall - boot }

    /// Whether the wall clock was set by at least `size` between the moment when it had this offset and this one.
    package func isStepped(since offset: Duration, by size: Duration) -> Bool {
        let step = wallClockOffset - offset
        return step >= size || step <= .zero - size
    }

    /// Whole seconds since 1970 on the wall clock.
    package var unixSeconds: Int64 { wall.components.seconds }
}

extension Duration {
    /// Whole seconds, at most `Int64.max`.
    package var secondsRoundedUp: Int64 {
        let (seconds, attoseconds) = components
        return attoseconds > 0 && seconds < .max ? seconds + 1 : seconds
    }

    /// Whole milliseconds.
    package var millisecondsRoundedUp: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
