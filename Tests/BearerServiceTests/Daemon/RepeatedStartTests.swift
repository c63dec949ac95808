import BearerCore
import BearerState
import TestSupport
import Testing

@testable import BearerService

@Suite("RepeatedStart") struct RepeatedStartTests {
    private static let start = ClockReading(boot: .seconds(1000), wall: .seconds(1_700_000_000))
    private static let failure = StartFailure(.temporaryFailure, "used by another")

    private func repeated(since age: Duration) -> RepeatedStart {
        let store = TestStore()
        store.failedStart.keep(.init(boot: Self.start.boot - age, message: "used by another"))
        return RepeatedStart(store.failedStart, handedOver: store.handOver(), at: Self.start)
    }

    @Test("the first start fails at once, and leaves its reason for the next")
    func first() {
        let store = TestStore()
        var repeated = RepeatedStart(store.failedStart, handedOver: [], at: Self.start)
        #expect(repeated.step(after: Self.failure, at: Self.start) == .fail)
        #expect(store.names == [FailedStartStore.name])
        let record = store.failedStart.takeBack(store.handOver())
        #expect(record == FailedStartStore.Record(boot: Self.start.boot, message: "used by another"))
    }

    @Test("the one that systemd starts after it stays, with growing pauses, and says only what is new")
    func second() {
        var repeated = repeated(since: .seconds(1))
        var pauses: [Duration] = []
        for _ in 0..<8 {
            guard case .stay(let pause, let isNews) = repeated.step(after: Self.failure, at: Self.start) else { break }
            #expect(!isNews)
            pauses.append(pause)
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 60, 60].map { .seconds($0) })
        let other = StartFailure(.inputOutput, "another reason")
        #expect(repeated.step(after: other, at: Self.start) == .stay(pause: .seconds(60), isNews: true))
        #expect(repeated.step(after: other, at: Self.start) == .stay(pause: .seconds(60), isNews: false))
    }

    @Test("a start by hand, later, fails at once again", arguments: [Duration.seconds(31), .seconds(-1)])
    func byHand(age: Duration) {
        var repeated = repeated(since: age)
        #expect(repeated.step(after: Self.failure, at: Self.start) == .fail)
    }

    @Test("what waiting does not help ends it")
    func hopeless() {
        for failure in [StartFailure(.configuration, "x"), StartFailure(.software, "x")] {
            var repeated = repeated(since: .seconds(1))
            #expect(repeated.step(after: failure, at: Self.start) == .fail)
        }
    }
}
