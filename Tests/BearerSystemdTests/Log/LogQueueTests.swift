import BearerCore
import Glibc
import Logging
import TestSupport
import Testing

@testable import BearerSystemd

@Suite struct LogQueueTests {
    let written = Collected<LogEntry>()

    private func makeQueue(level: Logger.Level = .info) -> (LogQueue, Logger) {
        let written = written
        let queue = LogQueue(level: level) { written.add($0) }
        return (queue, Logger(label: "test") { _ in QueueLogHandler(queue: queue) })
    }

    @Test("an event arrives with its metadata sorted, the id apart")
    func event() {
        let (queue, plain) = makeQueue()
        var logger = plain
        logger[metadataKey: "profile"] = "default"
        logger[metadataKey: "event"] = "from the logger"
        let id: Logger.Metadata = ["message_id": "0123", "event": "token_renewed", "list": ["a", "b"]]
        logger.warning("renewed", metadata: id)
        #expect(queue.flush())
        let entry = written.all.first
        #expect(entry?.level == .warning && entry?.message == "renewed" && entry?.messageID == "0123")
        #expect(
            entry?.fields == [
                .init("event", "token_renewed"), .init("list", #"["a", "b"]"#), .init("profile", "default"),
            ])
    }

    @Test("an error and what a metadata provider adds arrive as metadata")
    func errorAndProvider() {
        let (queue, _) = makeQueue()
        var handler = QueueLogHandler(queue: queue)
        handler.metadata = ["who": "handler"]
        handler.metadataProvider = Logger.MetadataProvider { ["who": "provider"] }
        let event = LogEvent(
            level: .error, message: "m", error: OAuthFailure(), metadata: nil, source: nil, file: "f", function: "g",
            line: 1)
        #expect(handler.entry(of: event, at: .zero).fields == [.init("error", "it failed"), .init("who", "provider")])
    }

    private struct OAuthFailure: Error, CustomStringConvertible {
        let description = "it failed"
    }

    @Test("a secret in a message or in metadata stays secret")
    func redaction() {
        let (queue, logger) = makeQueue()
        let secret = Secret("canary-51")
        logger.error(
            "token \(secret)",
            metadata: [
                "a": "\(secret)", "b": .stringConvertible(secret), "c": ["\(secret)"], "d": ["e": "\([secret])"],
            ])
        #expect(queue.flush())
        let everything = written.all.map {
            "\(LineFormat.line(for: $0, colours: false)) \(JournalFields.fields(of: $0).map { String(decoding: $0, as: UTF8.self) })"
        }
        #expect(everything.joined().contains("<redacted>"))
        #expect(!everything.joined().contains("canary"))
    }

    @Test("a change of the level reaches loggers that exist, except those with their own")
    func level() {
        let (queue, logger) = makeQueue()
        var own = logger
        own.logLevel = .error
        logger.debug("unseen")
        queue.level = .debug
        logger.debug("seen")
        own.warning("unseen")
        #expect(queue.flush())
        #expect(written.all.map(\.message) == ["seen"])
        #expect(logger.logLevel == .debug && own.logLevel == .error)
    }

    @Test("while nobody reads stderr nobody waits for it; what was lost is said once")
    func blockedDestination() {
        let pipe = Pipe()
        let filled = pipe.fill()
        let queue = LogQueue(capacity: 10) { LineWriter.write($0, colours: false, to: pipe.input) }
        let logger = Logger(label: "test") { _ in QueueLogHandler(queue: queue) }
        for number in 0..<100 { logger.info("entry \(number)") }
        #expect(!queue.flush(within: .milliseconds(1)))
        pipe.drop(filled)
        for number in 0..<10 { #expect(pipe.line().contains("entry \(number)")) }
        #expect(pipe.line().contains("90 log entries were lost"))
        #expect(queue.flush())
        logger.info("again")
        #expect(pipe.line().contains("again"))
    }

    @Test("a pipe that nobody will ever read does not end the process")
    func closedDestination() {
        let broken = Pipe.broken()
        defer { close(broken) }
        let queue = LogQueue { LineWriter.write($0, colours: false, to: broken) }
        queue.enqueue(LogEntry(time: .zero, level: .info, message: "m", fields: []))
        #expect(queue.flush())
    }
}
