import Testing

@testable import BearerClient

@Suite("Pauses between two connections")
struct ReconnectBackoffTests {
    @Test("double up to 5 s, and start again after a long connection")
    func doubling() {
        var backoff = ReconnectBackoff()
        let pauses = (0..<8).map { _ in backoff.pause(afterConnectionOf: .zero, asked: nil, random: 0) }
        #expect(pauses.map { $0 / .milliseconds(1) } == [50, 100, 200, 400, 800, 1_600, 2_500, 2_500])
        #expect(backoff.pause(afterConnectionOf: .seconds(5), asked: nil, random: 0) == .milliseconds(50))
    }

    @Test("are spread, and never shorter than what the daemon asked for, up to a minute")
    func spread() {
        func first(asked: Duration?, random: Double) -> Duration {
            var backoff = ReconnectBackoff()
            return backoff.pause(afterConnectionOf: .zero, asked: asked, random: random)
        }
        #expect(first(asked: nil, random: 0.5) == .milliseconds(75))
        #expect(first(asked: .seconds(1), random: 0.5) == .seconds(1))
        #expect(first(asked: .seconds(3_600), random: 0.5) == .seconds(60))
    }
}
