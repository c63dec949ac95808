internal import BearerCore

extension Journal {
    func write(_ entry: JournalEntry) {
        write(entry.event, entry.message, entry.fields)
    }
}

/// How a profile's report reads: one entry, before it is written.
struct JournalEntry: Equatable {
    let event: JournalEvent
    let message: String
    var fields: [JournalField: String]

    init(_ event: JournalEvent, _ message: String, _ fields: [JournalField: String]) {
        (self.event, self.message, self.fields) = (event, message, fields)
    }

    /// - Parameters:
    ///   - registration: what is said of a registration: its statement and its scopes.
    ///   - replacement: where the client credentials are given, how to put others in their place.
    ///   - isDurable: whether what it yielded is on disk.
    init(
        _ report: LifecycleReport, profile: String, server: String, at moment: ClockReading,
        registration: String? = nil, replacement: String? = nil, isDurable: Bool = true
    ) {
        (event, message, fields) =
            switch report {
            case .registered(let replacing):
                Self.registered(replacing: replacing, isDurable: isDurable, profile, server, registration)
            case .registrationHeld(let unanswered, let next):
                Self.held(unanswered, next, profile)
            case .tokenObtained(let generation, let lifetime, let renewal):
                (
                    .tokenObtained,
                    "\(profile): token for \(lifetime.text), next renewal \(renewal.wallText)",
                    [.generation: "\(generation)"]
                )
            case .exchangeFailed(let kind, let failure, let next, let isServing):
                Self.failed(kind, failure, next, isServing: isServing, profile)
            case .credentialsRejected(let policy, let next):
                Self.rejected(policy, next, profile)
            case .refused(let error, let kind, let next):
                Self.refused(error, kind, next, replacement, profile)
            case .tokenExpired(let next):
                Self.expired(next, profile)
            case .recovered(let generation, let lifetime, let renewal, let failures, let duration):
                (
                    .recovered,
                    "\(profile): a token again after \(failures) failed attempts in \(duration.text); it lasts "
                        + "\(lifetime.text), next renewal \(renewal.wallText)",
                    [.generation: "\(generation)"]
                )
            case .freshTokenRejected(let generation):
                (
                    .freshTokenRejected,
                    "\(profile): APIs turn down even fresh tokens, for clients of different users; check first the scope "
                        + "(the registration's scopes), then the channel, then the environment; only if none of them is "
                        + "wrong: \(replacement ?? Self.newCredentials(profile))",
                    [.generation: "\(generation)"]
                )
            }
        fields[.profile] = profile
    }

    private typealias Parts = (JournalEvent, String, [JournalField: String])

    private static func registered(
        replacing: Bool, isDurable: Bool, _ profile: String, _ server: String, _ registration: String?
    ) -> Parts {
        let place = isDurable ? "are archived" : "are still those on disk"
        let consequence = replacing ? "; the old credentials \(place), viewers have to sign in again" : ""
        return (
            .registered, "\(profile): registered with \(server)\(registration.map { "; \($0)" } ?? "")\(consequence)",
            [:]
        )
    }

    private static func held(_ unanswered: Int, _ next: ClockReading, _ profile: String) -> Parts {
        let message =
            "\(profile): \(unanswered) registrations in a row were never answered, each may have made a client that "
            + "is lost; the next one waits until \(next.wallText)"
        return (.registrationHeld, message, [.nextAttempt: "\(next.unixSeconds)"])
    }

    private static func failed(
        _ kind: Exchange.Kind, _ failure: ExchangeFailure, _ next: ClockReading, isServing: Bool, _ profile: String
    ) -> Parts {
        let event: JournalEvent = kind == .token ? .renewalFailed : .registrationFailed
        let what = kind == .token ? "the token request" : "the registration"
        let consequence = isServing ? "the current token is served on" : "there is no token to serve"
        let message =
            "\(profile): \(what) failed (\(failure.label)): \(failure.detail); \(consequence), tried again from "
            + next.wallText
        return (event, message, [.error: failure.label, .nextAttempt: "\(next.unixSeconds)"])
    }

    private static func rejected(_ policy: Reregistration, _ next: ClockReading, _ profile: String) -> Parts {
        let plan =
            switch policy {
            case .automatic: "new ones are asked for once this is confirmed and the token is about to end"
            case .never: "reregister is never: bearerctl register --force --profile \(profile) gets new ones"
            }
        let message = "\(profile): the server does not know our client credentials (invalid_client); \(plan)"
        return (
            .credentialsRejected, message,
            [.error: OAuthError.invalidClient.rawValue, .nextAttempt: "\(next.unixSeconds)"]
        )
    }

    private static func refused(
        _ error: OAuthError, _ kind: Exchange.Kind, _ next: ClockReading, _ replacement: String?, _ profile: String
    ) -> Parts {
        let what = kind == .token ? "a token" : "registration"
        let advice = error == .invalidClient ? replacement.map { "; \($0)" } ?? "" : ""
        let message =
            "\(profile): the server refuses \(what): \(error.rawValue)\(advice); tried again at \(next.wallText)"
        return (.profileRefused, message, [.error: error.rawValue, .nextAttempt: "\(next.unixSeconds)"])
    }

    private static func newCredentials(_ profile: String) -> String {
        "bearerctl register --force --profile \(profile) gets new client credentials, which signs all viewers out"
    }

    private static func expired(_ next: ClockReading?, _ profile: String) -> Parts {
        let plan = next.map { ", tried again from \($0.wallText)" } ?? ", its renewal is under way"
        var fields: [JournalField: String] = [:]
        fields[.nextAttempt] = next.map { "\($0.unixSeconds)" }
        return (.tokenExpired, "\(profile): the token has ended and there is no other\(plan)", fields)
    }
}
