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

    /// What is known beside a report.
    struct Context {
        let profile: String
        /// Base URL of the authorization server.
        let server: String
        /// What is said of a registration: its statement and its scopes.
        var registration: String?
        /// Where the client credentials are given, how to put others in their place.
        var replacement: String?
        /// Whether what a registration yielded is on disk.
        var isDurable = true
        /// The scopes that the registration should have and does not have.
        var missingScopes: [String] = []
        /// What the next exchange waits for, and until when; `nil` when it has been sent, or none is wanted.
        var wait: (reason: String, until: ClockReading)?
    }

    init(_ report: LifecycleReport, _ context: Context) {
        let profile = context.profile
        (event, message, fields) =
            switch report {
            case .registered(let replacing): Self.registered(replacing: replacing, context)
            case .registrationHeld(let unanswered, let next): Self.held(unanswered, next, profile)
            case .tokenObtained(let generation, let lifetime, let renewal):
                (
                    .tokenObtained,
                    "\(profile): token for \(lifetime.text), next renewal \(renewal.wallText)",
                    [.generation: "\(generation)"]
                )
            case .exchangeFailed(let kind, let failure, let next, let isServing):
                Self.failed(kind, failure, next, isServing: isServing, profile)
            case .credentialsRejected(let replacement, let next): Self.rejected(replacement, next, profile)
            case .refused(let error, let kind, let next): Self.refused(error, kind, next, context)
            case .tokenExpired(let next): Self.expired(next, context)
            case .recovered(let generation, let lifetime, let renewal, let failures, let duration):
                (
                    .recovered,
                    "\(profile): a token again after \(failures) failed attempt\(failures == 1 ? "" : "s") in "
                        + "\(duration.text); it lasts \(lifetime.text), next renewal \(renewal.wallText)",
                    [.generation: "\(generation)"]
                )
            case .freshTokenRejected(let generation): Self.turnedDown(generation, context)
            }
        fields[.profile] = profile
    }

    private typealias Parts = (JournalEvent, String, [JournalField: String])

    private static func registered(replacing: Bool, _ context: Context) -> Parts {
        let place = context.isDurable ? "are archived" : "are still those on disk"
        let consequence = replacing ? "; the old credentials \(place), viewers have to sign in again" : ""
        let registration = context.registration.map { "; \($0)" } ?? ""
        return (
            .registered, "\(context.profile): registered with \(context.server)\(registration)\(consequence)", [:]
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
        let consequence = isServing ? "the current token is served until it ends" : "there is no token to serve"
        let message =
            "\(profile): \(what) failed (\(failure.label)): \(failure.detail); \(consequence), tried again from "
            + next.wallText
        return (event, message, [.error: failure.label, .nextAttempt: "\(next.unixSeconds)"])
    }

    private static func rejected(_ replacement: Replacement, _ next: ClockReading, _ profile: String) -> Parts {
        let plan =
            switch replacement {
            case .never:
                "they are not replaced (reregister: never); only if Adobe says that the client was deleted: "
                    + Self.newCredentials(profile)
            case .onceConfirmed:
                "if it goes on for a minute, new ones are asked for, and viewers have to sign in again"
            case .from(let time, .tokenServed):
                "the current token is served; if it goes on until less than 5 % of the token's life is left, new ones are "
                    + "asked for at \(time.wallText) or later, and viewers have to sign in again"
            case .from(let time, .replacedBefore):
                "they were replaced less than 24 hours ago; if it goes on, new ones are asked for at \(time.wallText) or "
                    + "later, and viewers have to sign in again"
            case .from(let time, .registrationHeld):
                "earlier registrations were not answered; if it goes on, new ones are asked for at \(time.wallText) or "
                    + "later, and viewers have to sign in again"
            }
        let message = "\(profile): the server does not know our client credentials (invalid_client); \(plan)"
        return (
            .credentialsRejected, message,
            [.error: OAuthError.invalidClient.rawValue, .nextAttempt: "\(next.unixSeconds)"]
        )
    }

    private static func refused(
        _ error: OAuthError, _ kind: Exchange.Kind, _ next: ClockReading, _ context: Context
    ) -> Parts {
        let what = kind == .token ? "a token" : "registration"
        let advice = error == .invalidClient ? context.replacement.map { "; \($0)" } ?? "" : ""
        let message =
            "\(context.profile): the server refuses \(what): \(error.rawValue)\(advice); tried again at \(next.wallText)"
        return (.profileRefused, message, [.error: error.rawValue, .nextAttempt: "\(next.unixSeconds)"])
    }

    private static func turnedDown(_ generation: UInt64, _ context: Context) -> Parts {
        let missing = context.missingScopes
        let lack =
            missing.isEmpty
            ? "" : ": the registration lacks \(missing.joined(separator: ", ")), which expect_scopes names"
        let last = context.replacement.map { "if they are no good: \($0)" } ?? newCredentials(context.profile)
        let message =
            "\(context.profile): APIs refuse even fresh tokens, for clients of different users; check first the scopes "
            + "(shown by bearerctl status\(lack)), then the channel, then the environment; only if none of them is wrong, "
            + "ask Adobe about the client credentials; \(last)"
        return (.freshTokenRejected, message, [.generation: "\(generation)"])
    }

    private static func newCredentials(_ profile: String) -> String {
        "bearerctl register --force --profile \(profile) replaces them, which signs all viewers out"
    }

    private static func expired(_ next: ClockReading?, _ context: Context) -> Parts {
        let plan =
            if let next {
                "tried again from \(next.wallText)"
            } else if let wait = context.wait {
                "the next is asked for about \(wait.until.wallText): \(wait.reason)"
            } else {
                "its renewal is under way"
            }
        var fields: [JournalField: String] = [:]
        fields[.nextAttempt] = (next ?? context.wait?.until).map { "\($0.unixSeconds)" }
        return (.tokenExpired, "\(context.profile): the token has ended and there is no other, \(plan)", fields)
    }
}
