import BearerCore
import BearerProtocol
import Glibc
import TestSupport
import Testing

@testable import BearerService

@Suite("By the loop's clock", .serialized, .timeLimit(.minutes(1))) struct WaitLimitTests {
    @Test("a credential is waited for 25 s, then the unit's start fails")
    func credential() async throws {
        try await withIdleBroker { test in
            let client = try await test.load(systemdAddress("player.service", "access_token"))
            #expect(await test.broker.waiterCount() == 1)
            try await test.advanceTimers(by: .seconds(24))
            #expect(await test.broker.waiterCount() == 1)
            try await test.advanceTimers(by: .seconds(1))
            #expect(await client.rest().count == 1_048_577)
            #expect(test.log.entries(of: .credentialRefused).first?.message.contains("player.service") == true)
        }
    }

    @Test(
        "a wait is as long as it was asked for: 10 s unless it says otherwise",
        arguments: [
            (#"{"op":"token"}"#, 10), (#"{"op":"token","wait":300}"#, 300), (#"{"op":"renew","rejected":"x"}"#, 10),
        ])
    func wait(request: String, seconds: Int64) async throws {
        try await withIdleBroker { test in
            let client = try await test.connect()
            client.send(request)
            await eventually("it waits") { await test.broker.waiterCount() == 1 }
            try await test.advanceTimers(by: .seconds(seconds) - .milliseconds(1))
            #expect(await test.broker.waiterCount() == 1)
            try await test.advanceTimers(by: .milliseconds(1))
            #expect(try await client.line().contains("temporarily_unavailable"))
        }
    }

    @Test("a watcher that reads slowly skips to the newest token; one that takes nothing for 30 s is dropped")
    func slowWatcher() async throws {
        try await withIdleBroker { test in
            let client = try await test.connect()
            await test.broker.renew(to: "token-1")
            client.send(#"{"op":"watch"}"#)
            #expect(try await client.line().contains("token-1"))
            // What nobody reads fills the kernel's buffer first, then ours; then the newest takes the others' place.
            for number in 2...800 {
                test.clock.advance(by: .seconds(1801))
                await test.broker.renew(to: "token-\(number)-" + String(repeating: "x", count: 1000))
            }
            var numbers: [Int] = []
            while numbers.last != 800 {
                let value = try await client.line().split(separator: "-")
                numbers.append(try #require(value.count > 1 ? Int(value[1]) : nil))
            }
            #expect(numbers == numbers.sorted())
            #expect(numbers.count < 700, "nothing was skipped")
            // It has caught up, and has nothing to take: that is no reason to drop it.
            for _ in 0..<3 { try await test.advanceTimers(by: .seconds(30)) }
            #expect(await test.broker.watcherCount() == 1)

            for number in 801...1600 {
                test.clock.advance(by: .seconds(1801))
                await test.broker.renew(to: "token-\(number)-" + String(repeating: "x", count: 1000))
            }
            try await test.advanceTimers(by: .seconds(29))
            #expect(await test.broker.watcherCount() == 1)
            try await test.advanceTimers(by: .seconds(1))
            #expect(await test.broker.watcherCount() == 0)
        }
    }
}

extension BrokerHost {
    /// Plays the exchange that is due now, with this outcome.
    fileprivate func renew(to value: String) {
        broker.session("default")?.handle(generation() == 0 ? .start : .deadline)
        grantToken("default", value)
    }
}
