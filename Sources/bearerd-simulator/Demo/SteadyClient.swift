internal import BearerClient
internal import Synchronization

/// A program that asks for a token again and again, each time over a new connection, and counts what it is answered.
final class SteadyClient: Sendable {
    struct Tally: Sendable, CustomStringConvertible {
        var requests = 0
        var errors = 0
        var lastError: String?
        /// Tokens that the server does not take.
        var invalid = 0
        /// The shortest `expires_in`, in seconds.
        var seconds = Int64.max

        var description: String { "\(requests) requests, \(errors) errors" }
    }

    private let bearerd: Bearerd
    private let isValid: @Sendable (String) -> Bool
    private let counts = Mutex((total: Tally(), since: Tally()))

    private static let pause = Duration.milliseconds(20)
    /// Answers that a tally has.
    private static let minimum = 10

    /// - Parameter isValid: whether the server takes a token.
    init(socket: String, isValid: @escaping @Sendable (String) -> Bool) {
        bearerd = Bearerd(socket: socket)
        self.isValid = isValid
    }

    /// Asks until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            do throws(BearerError) {
                let token = try await bearerd.token()
                let isValid = isValid(token.value)
                count { $0.count(token, isValid: isValid) }
            } catch {
                if Task.isCancelled { return }
                count { $0.count(error) }
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// All that was counted.
    var sum: Tally { counts.withLock { $0.total } }

    /// What was counted since the last call, and until there are some answers.
    ///
    /// - Throws: `DemoError`, when there was any but a valid token.
    func tally() async throws -> Tally {
        while counts.withLock({ $0.since.requests < Self.minimum }) { try await Task.sleep(for: Self.pause) }
        let tally = counts.withLock { counts in
            defer { counts.since = Tally() }
            return counts.since
        }
        try tally.claimUnharmed()
        return tally
    }

    private func count(_ add: (inout Tally) -> Void) {
        counts.withLock { counts in
            add(&counts.total)
            add(&counts.since)
        }
    }
}

extension SteadyClient.Tally {
    fileprivate mutating func count(_ token: BearerToken, isValid: Bool) {
        requests += 1
        seconds = min(seconds, token.expiresIn.components.seconds)
        if !isValid { invalid += 1 }
    }

    fileprivate mutating func count(_ error: BearerError) {
        requests += 1
        errors += 1
        lastError = "\(error)"
    }
}
