import Glibc
import TestSupport
import Testing

@testable import BearerLoop

@Suite("Signals on the loop", .timeLimit(.minutes(1))) struct SignalWatchTests {
    @Test("signals that are watched are reported with their number, others are not, and none after the end")
    func told() async throws {
        try await TestLoop.run { test in
            let told = Collected<CInt>()
            let watch = try await test.perform { loop in
                Box(try SignalWatch([SIGUSR1, SIGHUP], on: loop) { told.add($0) })
            }
            // To the loop's thread alone, where all are blocked: the process's other threads are the test runner's.
            for signal in [SIGUSR1, SIGUSR2, SIGHUP] {
                try await test.perform { _ in _ = pthread_kill(pthread_self(), signal) }
                try await test.turns()
            }
            #expect(told.all == [SIGUSR1, SIGHUP])
            try await test.perform { _ in
                watch.value.stop()
                _ = pthread_kill(pthread_self(), SIGUSR1)
            }
            try await test.turns()
            #expect(told.all.count == 2)
        }
    }

    @Test("a blocked signal stays pending until it is watched")
    func block() async throws {
        let thread = Worker<BackgroundWork>("blocks-signals")
        let isPending = try await thread.run {
            var none = sigset_t()
            sigemptyset(&none)
            pthread_sigmask(SIG_SETMASK, &none, nil)
            SignalWatch.block([SIGUSR1])
            pthread_kill(pthread_self(), SIGUSR1)
            var pending = sigset_t()
            sigpending(&pending)
            return sigismember(&pending, SIGUSR1) == 1
        }
        #expect(isPending)
    }
}
