import BearerConfiguration
import BearerCore
import Testing

@testable import BearerService

@Suite("JournalEntry") struct JournalEntryTests {
    private static let next = ClockReading(boot: .seconds(5), wall: .seconds(1_700_000_000))
    private static let failure = ExchangeFailure(.status(503), detail: "status 503, expected a success")
    private static let nextText = next.wallText

    struct Row: Sendable {
        let report: LifecycleReport
        let event: JournalEvent
        let fields: [JournalField: String]
        /// What the message says, in this order.
        let words: [String]

        init(_ report: LifecycleReport, _ event: JournalEvent, _ fields: [JournalField: String], _ words: String...) {
            (self.report, self.event, self.fields, self.words) = (report, event, fields, words)
        }
    }

    private static func context(
        _ profile: String = "p", _ change: (inout JournalEntry.Context) -> Void = { _ in }
    ) -> JournalEntry.Context {
        var context = JournalEntry.Context(profile: profile, server: "https://server")
        change(&context)
        return context
    }

    @Test("a registration is told apart by its statement and its scopes")
    func registration() {
        let context = Self.context("tv") { $0.registration = "software statement sub x; scopes a, b" }
        let entry = JournalEntry(.registered(replacing: true), context)
        #expect(
            entry.message == "tv: registered with https://server; software statement sub x; scopes a, b; the old "
                + "credentials are archived, viewers have to sign in again")
    }

    @Test("nothing is said to be archived that the disk has not taken")
    func notDurable() {
        let entry = JournalEntry(.registered(replacing: true), Self.context { $0.isDurable = false })
        #expect(!entry.message.contains("archived") && entry.message.contains("still those on disk"))
    }

    @Test(
        "where the client credentials are given, an entry says how to replace them, and never speaks of a registration",
        arguments: [
            LifecycleReport.refused(.invalidClient, .token, next: next), .freshTokenRejected(generation: 6),
        ])
    func given(report: LifecycleReport) {
        let context = Self.context { $0.replacement = "export them again" }
        let entry = JournalEntry(report, context)
        #expect(entry.message.contains("export them again") && !entry.message.contains("bearerctl register"))
        let other = JournalEntry(.refused(.invalidRequest, .token, next: Self.next), context)
        #expect(!other.message.contains("export them again"))
    }

    @Test(
        "tokens that APIs refuse: the scope that is missing is named, and Adobe is asked before anything else is done")
    func turnedDown() throws {
        let context = Self.context { $0.missingScopes = ["reports", "b"] }
        let message = JournalEntry(.freshTokenRejected(generation: 6), context).message
        #expect(
            message.contains("shown by bearerctl status: the registration lacks reports, b, which expect_scopes names"))
        let (adobe, force) = (message.firstRange(of: "ask Adobe"), message.firstRange(of: "register --force"))
        #expect(try #require(adobe).upperBound < #require(force).lowerBound)
        #expect(!JournalEntry(.freshTokenRejected(generation: 6), Self.context()).message.contains("lacks"))
    }

    @Test("a token that has ended while its renewal waits: for what, and until when")
    func waiting() {
        let context = Self.context { $0.wait = ("too many calls (429)", Self.next) }
        let entry = JournalEntry(.tokenExpired(next: nil), context)
        #expect(entry.message.hasSuffix("the next is asked for about \(Self.nextText): too many calls (429)"))
        #expect(entry.fields[.nextAttempt] == "1700000000")
    }

    @Test("a file is taken by a reload, a systemd credential by a restart")
    func replacement() {
        for (source, end) in [
            (SecretSource.file("/c.json"), "in /c.json, and reload"),
            (.credential("c"), "in the credential c, and restart bearerd"),
        ] {
            #expect(GivenCredentials(.unknown, from: source).replacement.hasSuffix(end))
        }
    }

    static let rows: [Row] = [
        Row(.registered(replacing: false), .registered, [:], "registered with https://server"),
        Row(.registered(replacing: true), .registered, [:], "archived", "sign in again"),
        Row(
            .registrationHeld(unanswered: 3, next: next), .registrationHeld, [.nextAttempt: "1700000000"],
            "3 registrations in a row", "until \(nextText)"),
        Row(
            .tokenObtained(generation: 4, lifetime: .seconds(86_400), renewal: next), .tokenObtained,
            [.generation: "4"], "token for 1 d", "next renewal \(nextText)"),
        Row(
            .exchangeFailed(.token, failure, next: next, isServing: true), .renewalFailed,
            [.error: "http_503", .nextAttempt: "1700000000"], "token request failed (http_503)", "status 503",
            "current token is served until it ends", nextText),
        Row(
            .exchangeFailed(.token, failure, next: next, isServing: false), .renewalFailed,
            [.error: "http_503", .nextAttempt: "1700000000"], "there is no token to serve"),
        Row(
            .exchangeFailed(.registration(replacing: false), failure, next: next, isServing: false),
            .registrationFailed, [.error: "http_503", .nextAttempt: "1700000000"], "the registration failed"),
        Row(
            .credentialsRejected(.onceConfirmed, next: next), .credentialsRejected,
            [.error: "invalid_client", .nextAttempt: "1700000000"], "invalid_client", "for a minute", "asked for"),
        Row(
            .credentialsRejected(.from(next, .tokenServed), next: next), .credentialsRejected,
            [.error: "invalid_client", .nextAttempt: "1700000000"], "the current token is served", "5 %",
            "at \(nextText) or later"),
        Row(
            .credentialsRejected(.from(next, .replacedBefore), next: next), .credentialsRejected,
            [.error: "invalid_client", .nextAttempt: "1700000000"], "replaced less than 24 hours ago",
            "at \(nextText) or later"),
        Row(
            .credentialsRejected(.from(next, .registrationHeld), next: next), .credentialsRejected,
            [.error: "invalid_client", .nextAttempt: "1700000000"], "not answered", "at \(nextText) or later"),
        Row(
            .credentialsRejected(.never, next: next), .credentialsRejected,
            [.error: "invalid_client", .nextAttempt: "1700000000"], "reregister: never", "only if Adobe says",
            "bearerctl register --force --profile p"),
        Row(
            .refused(.unapprovedSoftwareStatement, .registration(replacing: false), next: next), .profileRefused,
            [.error: "unapproved_software_statement", .nextAttempt: "1700000000"], "refuses registration",
            "unapproved_software_statement", nextText),
        Row(
            .refused(.unauthorizedClient, .token, next: next), .profileRefused,
            [.error: "unauthorized_client", .nextAttempt: "1700000000"], "refuses a token"),
        Row(
            .tokenExpired(next: next), .tokenExpired, [.nextAttempt: "1700000000"], "has ended",
            "tried again from \(nextText)"),
        Row(.tokenExpired(next: nil), .tokenExpired, [:], "has ended", "under way"),
        Row(
            .recovered(
                generation: 5, lifetime: .seconds(3600), renewal: next, failures: 12, duration: .seconds(3725)),
            .recovered, [.generation: "5"], "after 12 failed attempts in 1 h 2 min", "lasts 1 h", nextText),
        Row(
            .recovered(generation: 5, lifetime: .seconds(3600), renewal: next, failures: 1, duration: .seconds(5)),
            .recovered, [.generation: "5"], "after 1 failed attempt in 5 s"),
        Row(
            .freshTokenRejected(generation: 6), .freshTokenRejected, [.generation: "6"],
            "different users", "scope", "channel", "environment", "ask Adobe", "bearerctl register --force --profile p",
            "signs all viewers out"),
    ]

    @Test("each report is one line with its event and its fields", arguments: rows)
    func report(row: Row) {
        let entry = JournalEntry(row.report, Self.context())
        #expect(entry.event == row.event)
        #expect(entry.fields == row.fields.merging([.profile: "p"]) { $1 })
        #expect(entry.message.hasPrefix("p: ") && !entry.message.contains("\n"))
        var rest = entry.message[...]
        for words in row.words {
            guard let found = rest.firstRange(of: words) else {
                Issue.record("“\(entry.message)” does not say “\(words)”")
                return
            }
            rest = rest[found.upperBound...]
        }
    }
}
