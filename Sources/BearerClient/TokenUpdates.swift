internal import BearerProtocol

/// The token of a profile as it changes: what ``Bearerd/watch(profile:)`` returns.
///
/// The first update is the current token, or comes once there is one. Each renewal is an update. When the daemon
/// restarts, the watch connects again, with pauses of 5 s at most; a token that was reported already is not reported
/// again. Trouble that may pass is an update too, once, and the watch goes on. Anything else is thrown and ends it:
/// the process may not ask, or there is no such profile.
///
/// A slow reader gets the newest state only. Cancelling the task ends the sequence: `next()` returns nil.
///
/// Each iteration has a connection of its own.
public struct TokenUpdates: AsyncSequence, Sendable {
    /// What a watch reports.
    public typealias Element = TokenUpdate
    /// Why a watch has ended.
    public typealias Failure = BearerError

    let bearerd: Bearerd
    let profile: String?

    /// Begins a watch; it connects when the first update is asked for.
    public func makeAsyncIterator() -> Iterator {
        Iterator(bearerd, profile)
    }

    /// One watch.
    public struct Iterator: AsyncIteratorProtocol {
        private let bearerd: Bearerd
        private let profile: String?
        private var contact: Contact?
        private var backoff = ReconnectBackoff()
        /// How long the last connection had lasted when it ended; nil before the first.
        private var lasted: Duration?
        private var last: TokenUpdate?
        private var hasEnded = false

        init(_ bearerd: Bearerd, _ profile: String?) {
            self.bearerd = bearerd
            self.profile = profile
        }

        /// The next update, when there is one; nil once the task is cancelled or an error was thrown.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(BearerError) -> TokenUpdate? {
            while !hasEnded {
                do throws(BearerError) {
                    guard let update = try await nextOfDaemon(), !isKnown(update) else { continue }
                    last = update
                    return update
                } catch .cancelled {
                    end()
                } catch {
                    end()
                    throw error
                }
            }
            return nil
        }

        /// The next update, for code that iterates by hand: as ``next(isolation:)``, on the caller's actor.
        public mutating func next() async throws(BearerError) -> TokenUpdate? {
            try await next(isolation: #isolation)
        }
    }
}

extension TokenUpdates.Iterator {
    /// A connection, and since when there is one.
    private struct Contact {
        let connection: LineConnection
        let start = ContinuousClock.now
        /// Whether something has come.
        var hasSpoken = false
    }

    private mutating func end() {
        hasEnded = true
        contact = nil
    }

    private func isKnown(_ update: TokenUpdate) -> Bool {
        last.map(update.repeats) ?? false
    }

    /// What the daemon says next, or trouble with the connection; nil when it ended in good order.
    private mutating func nextOfDaemon() async throws(BearerError) -> TokenUpdate? {
        do throws(BearerError) {
            try await connectIfNeeded()
            return .token(try await nextToken())
        } catch .connectionLost where contact?.hasSpoken == true {
            hangUp()
            return nil
        } catch {
            guard error.mayPass else { throw error }
            if error.code?.leavesWatch != true { hangUp() }
            return .trouble(error)
        }
    }

    private mutating func connectIfNeeded() async throws(BearerError) {
        guard contact == nil else { return }
        if let lasted {
            let pause = backoff.pause(
                afterConnectionOf: lasted, asked: patience, random: Double.random(in: 0..<1))
            do { try await Task.sleep(for: pause) } catch { throw .cancelled }
        }
        contact = Contact(connection: try await bearerd.open(.watch(profile: profile)))
    }

    /// What the daemon asked for when it had too many connections. With other trouble, `retry_after` is about upstream.
    private var patience: Duration? {
        if case .trouble(let error) = last, error.code == .slowDown { error.retryAfter } else { nil }
    }

    private mutating func hangUp() {
        lasted = contact.map { $0.start.duration(to: .now) } ?? .zero
        contact = nil
    }

    private mutating func nextToken() async throws(BearerError) -> BearerToken {
        guard let connection = contact?.connection, var newest = try await connection.next() else {
            throw .connectionLost
        }
        contact?.hasSpoken = true
        while let newer = try connection.nextAtHand() { newest = newer }
        guard case .token(let reply) = try Bearerd.parse(newest) else {
            throw .unexpectedReply("a line that is neither token nor error")
        }
        return BearerToken(reply)
    }
}

/// What a watch reports.
public enum TokenUpdate: Sendable, Equatable {
    /// This token is served from now on.
    case token(BearerToken)
    /// There is no token for the time being, or no daemon; the watch goes on. A token that was received before is valid
    /// until its own end.
    ///
    /// Its ``BearerError/mayPass`` is true.
    case trouble(BearerError)

    /// Whether this need not be reported after `other`.
    func repeats(_ other: TokenUpdate) -> Bool {
        switch (self, other) {
        case (.token(let token), .token(let other)): token.secret == other.secret
        case (.trouble(let error), .trouble(let other)): error.isLike(other)
        case (.token, .trouble), (.trouble, .token): false
        }
    }
}

extension BearerError {
    /// The same kind of trouble; in what they say they may differ.
    package func isLike(_ other: BearerError) -> Bool {
        switch (self, other) {
        case (.refused(let code, _, _), .refused(let other, _, _)): code == other
        case (.unavailable, .unavailable): true
        default: self == other
        }
    }
}

/// How long a watcher waits before it connects again: a random time up to a cap that doubles from 0.1 s to 5 s.
package struct ReconnectBackoff {
    static let shortest = Duration.milliseconds(100)
    static let longest = Duration.seconds(5)

    private var cap = shortest

    package init() {}

    /// - Parameters:
    ///   - lasted: how long there was a connection. A long one starts anew: it shows that there is a daemon.
    ///   - asked: what the daemon asked for, believed up to a minute; it may be longer than any other pause.
    ///   - random: drawn uniformly from 0..<1; half of the time is certain.
    package mutating func pause(afterConnectionOf lasted: Duration, asked: Duration?, random: Double) -> Duration {
        if lasted >= Self.longest { cap = Self.shortest }
        let pause = cap * (0.5 + random / 2)
        cap = min(cap * 2, Self.longest)
        return max(pause, min(asked ?? .zero, .seconds(60)))
    }
}
