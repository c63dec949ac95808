import BearerCore
import BearerProtocol
import TestSupport
import Testing

@testable import BearerService

@Suite("ProfileSnapshot") struct ProfileSnapshotTests {
    /// A way that things can stand with a profile, and what is said of it. Times are in seconds after ``origin``.
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        /// What has happened to a profile with these.
        var token: Double?
        var hasCredentials = true
        var history = RegistrationHistory()
        var events: [(Double, LifecycleEvent)] = [(0, .start)]
        /// The rest of the snapshot.
        var unusable: UnusableState?
        var budgetUntil: Double?
        var isThrottled = false
        var nextRetry: Double?
        var now: Double

        let state: ProfileState
        var refusal: String?
        /// `expires_at`, `renew_at`, `next_attempt_at`.
        var expires: Int64?
        var renews: Int64?
        var next: Int64?
        var waiting: ProfileStatus.Wait.Reason?
        var since: Int64?
        var error: String?
        /// What a client is told that no token can be given to, and after how many seconds to ask again.
        let told: String
        let retryAfter: Int64

        var testDescription: String { name }
    }

    private static let origin = ClockReading(boot: .seconds(1_000), wall: .seconds(1_700_000_000))
    private static let unavailable = ExchangeFailure(.status(503), detail: "d", retryAfter: .seconds(600))
    private static let refusal = ExchangeFailure(.oauth(.unauthorizedClient), detail: "d")
    private static let refused = "the authorization server refuses profile p: unauthorized_client"

    private static func blocked(isPassing: Bool) -> UnusableState {
        UnusableState(reason: "a damaged file", isPassing: isPassing, since: origin)
    }

    static let rows = [
        Row(
            name: "registering", hasCredentials: false, now: 1, state: .starting, told: "it is being fetched",
            retryAfter: 1),
        Row(
            name: "registering when the budget allows", hasCredentials: false, budgetUntil: 8, now: 1, state: .starting,
            next: 8, waiting: .budget, since: 0, told: "waits its turn in the budget of all profiles", retryAfter: 7),
        Row(
            name: "registering after a 429", hasCredentials: false, budgetUntil: 8, isThrottled: true, now: 1,
            state: .starting, next: 8, waiting: .budget, since: 0,
            told: "too many calls come from this address (429), and the next call is made after a pause", retryAfter: 7),
        Row(
            name: "a registration is held", hasCredentials: false,
            history: RegistrationHistory(unanswered: 3, lastIntent: .seconds(990)), now: 1, state: .starting, next: 50,
            waiting: .registrationHeld, since: -10, told: "the last 3 were not answered", retryAfter: 49),
        Row(
            name: "a token", token: 3600, now: 10, state: .ready, expires: 3600, renews: 1800,
            told: "it is being fetched", retryAfter: 1),
        Row(
            name: "its renewal in flight", token: 3600, events: [(0, .start), (1800, .deadline)], now: 1801,
            state: .renewing, expires: 3600, told: "it is being fetched", retryAfter: 1),
        Row(
            name: "its renewal failed", token: 3600,
            events: [(0, .start), (1800, .deadline), (1802, .failed(exchange: 1, unavailable))], now: 1810,
            state: .degraded, expires: 3600, next: 2402, error: "http_503", told: "the last exchange failed: http_503",
            retryAfter: 592),
        Row(
            name: "its renewal refused", token: 3600,
            events: [(0, .start), (1800, .deadline), (1802, .failed(exchange: 1, refusal))], now: 1810,
            state: .refused, refusal: refused, expires: 3600, next: 2702, error: "unauthorized_client",
            told: "the last exchange failed: unauthorized_client", retryAfter: 892),
        Row(
            name: "a token that has just ended", token: 3600, now: 3599.5, state: .degraded, next: 1800,
            told: "it is being fetched", retryAfter: 1),
        Row(
            name: "no token after a failure", events: [(0, .start), (2, .failed(exchange: 1, unavailable))], now: 2,
            state: .degraded, next: 602, error: "http_503", told: "the last exchange failed: http_503", retryAfter: 600),
        Row(
            name: "no token after a refusal", events: [(0, .start), (2, .failed(exchange: 1, refusal))], now: 2,
            state: .refused, refusal: refused, next: 902, error: "unauthorized_client",
            told: "the last exchange failed: unauthorized_client", retryAfter: 900),
        Row(
            name: "blocked for good", events: [], unusable: blocked(isPassing: false), nextRetry: 30, now: 5,
            state: .refused, refusal: "a damaged file", waiting: .blocked, since: 0, error: "blocked",
            told: "a damaged file", retryAfter: 1),
        Row(
            name: "blocked for a while", events: [], unusable: blocked(isPassing: true), nextRetry: 30, now: 5,
            state: .refused, refusal: "a damaged file", next: 30, waiting: .blocked, since: 0, error: "blocked",
            told: "a damaged file", retryAfter: 25),
        Row(
            name: "blocked with a token", token: 3600, unusable: blocked(isPassing: false), now: 5, state: .degraded,
            refusal: "a damaged file", expires: 3600, waiting: .blocked, since: 0, error: "blocked",
            told: "a damaged file", retryAfter: 1),
    ]

    @Test("what is said of a profile", arguments: rows)
    func said(row: Row) throws {
        let (snapshot, now) = (try snapshot(row), Self.origin.advanced(by: .seconds(row.now)))
        #expect(snapshot.state(at: now) == row.state)
        #expect(snapshot.refusal == row.refusal)
        let unavailable = snapshot.unavailable(at: now)
        #expect(unavailable.code == .temporarilyUnavailable && unavailable.retryAfter == .seconds(row.retryAfter))
        #expect(unavailable.description.hasPrefix("profile p has no token; "))
        #expect(unavailable.description.hasSuffix(row.told))

        let status = snapshot.status(at: now)
        let start = Self.origin.unixSeconds
        #expect(status.profile == "p" && status.state == row.state)
        #expect(status.expiresAt.map { $0 - start } == row.expires)
        #expect(status.renewAt.map { $0 - start } == row.renews)
        #expect(status.nextAttemptAt.map { $0 - start } == row.next)
        #expect(status.waiting?.reason == row.waiting && status.waiting.map { $0.since - start } == row.since)
        #expect(status.lastError?.error == row.error)
    }

    @Test("counters and times are those of the life cycle; what is not known yet is nil")
    func counters() throws {
        let grant = TokenGrant(value: Secret("token"), lifetime: .seconds(3600))
        let row = Row(
            name: "", hasCredentials: false,
            events: [
                (0, .start), (1, .failed(exchange: 1, Self.unavailable)), (601, .deadline),
                (602, .registered(exchange: 2)), (603, .granted(exchange: 3, grant, sentAt: Self.origin)),
            ], now: 603, state: .ready, told: "", retryAfter: 1)
        var snapshot = try snapshot(row)
        snapshot.requests = 7
        snapshot.isDurable = false
        let status = snapshot.status(at: Self.origin)
        #expect(status.counters == .init(requests: 7, renewals: 1, failures: 1, registrations: 1))
        #expect(status.generation == 1 && status.lastSuccessAt == Self.origin.unixSeconds + 603)
        #expect(!status.isStateDurable && status.lastError == nil && status.clientID == nil)
        let new = try self.snapshot(Row(name: "", now: 0, state: .starting, told: "", retryAfter: 1))
        #expect(new.status(at: Self.origin).generation == nil && new.status(at: Self.origin).lastSuccessAt == nil)
    }

    @Test("the server is shown, by the name of its environment where it has one")
    func server() throws {
        var snapshot = try snapshot(Row(name: "", now: 0, state: .starting, told: "", retryAfter: 1))
        for (server, name) in [("https://sp.auth.adobe.com", "production"), ("http://127.0.0.1:9", nil)] {
            snapshot.server = server
            let status = snapshot.status(at: Self.origin)
            #expect(status.server == server && status.environment == name)
        }
    }

    @Test("warnings: a scope that is missing, an order to register, tokens that APIs refuse; none when all is well")
    func warnings() throws {
        var snapshot = try snapshot(
            Row(name: "", token: 3600, now: 0, state: .ready, told: "", retryAfter: 1))
        snapshot.expectedScopes = ["api:client:v2", "reports"]
        #expect(snapshot.status(at: Self.origin).warnings.isEmpty)
        snapshot.credentials = ClientCredentials(
            clientID: "c", clientSecret: Secret("s"), issuedAt: nil, scopes: ["api:client:v2"])
        snapshot.registeredAt = 7
        let missing = try #require(snapshot.status(at: Self.origin).warnings.first)
        #expect(missing.warning == "scope_missing" && missing.since == 7 && missing.detail.contains("lacks reports,"))
        snapshot.expectedScopes = []
        #expect(snapshot.status(at: Self.origin).warnings.isEmpty)
        let ordered = try self.snapshot(
            Row(
                name: "", token: 3600, events: [(0, .start), (9, .registrationForced)], now: 9, state: .ready, told: "",
                retryAfter: 1))
        let order = try #require(ordered.status(at: Self.origin).warnings.first)
        #expect(order.warning == "registration_forced" && order.since == Self.origin.unixSeconds + 9)
        #expect(order.detail.contains("sign in again"))
    }

    @Test("after a 429 the line for systemd says so, and when the next attempt is made")
    func throttledSummary() throws {
        let wait = Row(
            name: "", hasCredentials: true, budgetUntil: 60, isThrottled: true, now: 0, state: .starting, told: "",
            retryAfter: 1)
        let time = Self.origin.advanced(by: .seconds(60)).wallTimeOfDay
        #expect(
            try snapshot(wait).summary(at: Self.origin)
                == "waiting for a token, throttled (http_429), next attempt \(time)")
    }

    private func snapshot(_ row: Row) throws -> ProfileSnapshot {
        var lifecycle = TokenLifecycle(
            renewal: RenewalPolicy(at: 0.5, jitter: 0), origin: .registration(.automatic),
            hasCredentials: row.hasCredentials,
            history: row.history,
            restored: row.token.map { .sample(lasting: .seconds($0), since: Self.origin) })
        for (seconds, event) in row.events {
            _ = lifecycle.handle(event, at: Self.origin.advanced(by: .seconds(seconds)), random: 0)
        }
        var snapshot = ProfileSnapshot(name: "p", lifecycle: lifecycle, unusable: row.unusable)
        snapshot.nextRetry = row.nextRetry.map { Self.origin.boot + .seconds($0) }
        if let until = row.budgetUntil {
            snapshot.waiting = BudgetWait(
                since: Self.origin, until: Self.origin.boot + .seconds(until), isThrottled: row.isThrottled)
        }
        return snapshot
    }
}
