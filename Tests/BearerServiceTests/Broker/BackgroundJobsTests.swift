import BearerCore
import BearerLoop
import TestSupport
import Testing

@testable import BearerService

@Suite("BackgroundJobs", .timeLimit(.minutes(1))) struct BackgroundJobsTests {
    private static let now = ClockReading(boot: .seconds(1000), wall: .seconds(1_700_000_000))

    private func withJobs(_ body: (TestLoop, Box<BackgroundJobs>) async throws -> Void) async throws {
        try await TestLoop.run { test in
            let now = { @Sendable in Self.now }
            let jobs = BackgroundJobs(on: test.loop, Agenda(on: test.loop, now: now), now: now)
            try await body(test, Box(jobs))
        }
    }

    /// Every order, once they have ended.
    private func orders(_ jobs: Box<BackgroundJobs>) async -> [String] {
        await jobs.value.orders.reduce(into: []) { all, order in
            switch order {
            case .begin: all.append("begin")
            case .cancelOthers: all.append("cancel others")
            case .cancelRegistrations: all.append("cancel registrations")
            }
        }
    }

    @Test("orders end when the last job has ended after the stop, and not before the stop")
    func end() async throws {
        try await withJobs { test, jobs in
            try await test.perform { _ in
                jobs.value.begin(.reload)
                jobs.value.ended()
                // Were it over now, the rest would be lost.
                for _ in 0..<2 { jobs.value.begin(.persistBudget) }
                jobs.value.stop()
                jobs.value.ended()
            }
            try await test.advance(by: .seconds(4))
            try await test.perform { _ in jobs.value.ended() }
            #expect(await orders(jobs) == ["begin", "begin", "begin", "cancel others", "cancel registrations"])
        }
    }

    @Test("without a job they end with the stop")
    func idle() async throws {
        try await withJobs { test, jobs in
            try await test.perform { _ in jobs.value.stop() }
            #expect(await orders(jobs) == ["cancel others"])
        }
    }

    @Test("registrations are cancelled 4 s after the stop")
    func registrations() async throws {
        try await withJobs { test, jobs in
            try await test.perform { _ in
                jobs.value.begin(.reload)
                jobs.value.stop()
            }
            try await test.advance(by: .milliseconds(3_999))
            try await test.perform { _ in jobs.value.begin(.reload) }
            try await test.advance(by: .milliseconds(1))
            try await test.perform { _ in
                for _ in 0..<2 { jobs.value.ended() }
            }
            #expect(await orders(jobs) == ["begin", "cancel others", "begin", "cancel registrations"])
        }
    }

    @Test("what could not be done is tried again after 30 s, or as soon as it is wanted; after a stop no more")
    func retries() async throws {
        try await withJobs { test, jobs in
            let boot = Self.now.boot
            let taken = try await test.perform { _ in
                jobs.value.retryLater()
                let early = jobs.value.takeRetry(at: boot + .milliseconds(29_999))
                let due = jobs.value.takeRetry(at: boot + .seconds(30))
                let again = jobs.value.takeRetry(at: boot + .seconds(30))
                jobs.value.retryNow()
                jobs.value.retryLater()
                let now = jobs.value.takeRetry(at: boot)
                jobs.value.retryNow()
                jobs.value.stop()
                return [early, due, again, now, jobs.value.takeRetry(at: boot)]
            }
            #expect(taken == [false, true, false, true, false])
        }
    }
}
