import BearerCore
import Glibc
import TestSupport
import Testing

@testable import BearerState

@Suite struct RegistrationLedgerTests {
    let state: ExampleState
    let now = Duration.seconds(1_700_000_000)

    init() throws {
        state = try ExampleState()
    }

    @Test("no ledger is an empty history")
    func absent() throws {
        let loaded = try state.ledger.load(now: now)
        #expect(loaded.history == RegistrationHistory())
        #expect(loaded.warning == nil)
    }

    static let histories = [
        RegistrationHistory(),
        RegistrationHistory(unanswered: 1, lastIntent: .seconds(1_600_000_000)),
        RegistrationHistory(unanswered: 7, lastIntent: .seconds(1), lastReplacement: .seconds(1_699_999_999)),
        RegistrationHistory(lastReplacement: .seconds(1_700_000_000)),
    ]

    @Test("what is saved is loaded again", arguments: histories)
    func roundTrip(history: RegistrationHistory) throws {
        try state.ledger.save(RegistrationHistory(unanswered: 99))
        try state.ledger.save(history)
        #expect(try state.ledger.load(now: now).history == history)
        #expect(state.temporary.mode(of: state.ledgerFile) == 0o600)
    }

    @Test("times in the future count as now, so that a clock that was wrong once blocks nothing for years")
    func future() throws {
        let later = now + .seconds(1_000_000_000)
        try state.ledger.save(RegistrationHistory(unanswered: 3, lastIntent: later, lastReplacement: later))
        let expected = RegistrationHistory(unanswered: 3, lastIntent: now, lastReplacement: now)
        #expect(try state.ledger.load(now: now).history == expected)
    }

    @Test("a count without end does not overflow")
    func hugeCount() throws {
        try state.ledger.save(RegistrationHistory(unanswered: .max))
        var history = try state.ledger.load(now: now).history
        history.recordIntent(at: now)
        #expect(history.unanswered > 3)
    }

    @Test(
        "a damaged ledger is kept aside and taken for three unanswered registrations when it was written",
        arguments: ["", "{", "{\"version\":2}", "{\"version\":1}", String(repeating: "x", count: 100)])
    func damaged(content: String) throws {
        try state.ledger.save(RegistrationHistory())
        state.temporary.write(content.utf8, to: state.ledgerFile)
        let written = modificationTime(of: state.ledger.path)
        let now = written + .seconds(100)

        let loaded = try state.ledger.load(now: now)
        let lastIntent = content.isEmpty ? now : written
        let expected = RegistrationHistory(unanswered: 3, lastIntent: lastIntent, lastReplacement: lastIntent)
        #expect(loaded.history == expected)
        guard case .ledgerReplaced(_, let aside?) = loaded.warning else {
            Issue.record("found \(String(describing: loaded.warning))")
            return
        }
        #expect(state.temporary.read(state.relative(aside)) == Array(content.utf8))

        let again = try state.ledger.load(now: now)
        #expect(again.history == expected)
        #expect(again.warning == nil)
    }

    @Test("a ledger of another profile is not believed")
    func otherProfile() throws {
        let other = try state.directory.ledger(for: .example(profile: "other"))
        try other.save(RegistrationHistory())
        let content = try #require(state.temporary.read(state.relative(other.path)))
        try state.ledger.save(RegistrationHistory())
        state.temporary.write(content, to: state.ledgerFile)
        #expect(try state.ledger.load(now: now).history.unanswered == 3)
    }

    @Test("what cannot be kept aside is never written over, and says so")
    func directoryInItsPlace() throws {
        mkdir("\(state.temporary.path)/default", 0o700)
        mkdir(state.ledger.path, 0o700)
        let loaded = try state.ledger.load(now: now)
        #expect(loaded.history.unanswered == 3)
        #expect(
            loaded.warning == .ledgerReplaced(.unusableFile(path: state.ledger.path, .notARegularFile), keptAs: nil))
        #expect(throws: StateError.unusableFile(path: state.ledger.path, .notARegularFile)) {
            try state.ledger.save(RegistrationHistory())
        }
        #expect(state.temporary.names(in: "default").count == 1)
    }

    private func modificationTime(of path: String) -> Duration {
        var status = stat()
        stat(path, &status)
        return .seconds(status.st_mtim.tv_sec)
    }
}
