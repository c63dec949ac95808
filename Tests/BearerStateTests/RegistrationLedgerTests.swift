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
        #expect(loaded.record == Self.none)
        #expect(loaded.warning == nil)
    }

    private static let none = RegistrationRecord(unanswered: 0)

    static let records = [
        none,
        RegistrationRecord(unanswered: 1, lastIntentAt: 1_600_000_000),
        RegistrationRecord(
            unanswered: 7, lastIntentAt: 1, lastReplacementAt: 1_699_999_999, bootID: "a-b", bootedAt: 5),
        RegistrationRecord(unanswered: 0, lastReplacementAt: -5, bootID: "a-b", bootedAt: -60),
        RegistrationRecord(unanswered: .max, lastIntentAt: .max, lastReplacementAt: .min, bootID: "x", bootedAt: .min),
    ]

    @Test("what is saved is loaded again, whatever the clock says", arguments: records)
    func roundTrip(record: RegistrationRecord) throws {
        try state.ledger.save(RegistrationRecord(unanswered: 99))
        try state.ledger.save(record)
        #expect(try state.ledger.load(now: now).record == record)
        #expect(try state.ledger.load(now: .zero).record == record)
        #expect(state.temporary.mode(of: state.ledgerFile) == 0o600)
    }

    @Test("a ledger of a version that knew no boots is read")
    func oldVersion() throws {
        try state.ledger.save(RegistrationRecord(unanswered: 3, lastIntentAt: 5, lastReplacementAt: 6))
        let content = try #require(state.temporary.read(state.ledgerFile))
        #expect(!String(decoding: content, as: UTF8.self).contains("boot"))
        let loaded = try state.ledger.load(now: now)
        #expect(loaded.record == RegistrationRecord(unanswered: 3, lastIntentAt: 5, lastReplacementAt: 6))
        #expect(loaded.warning == nil)
    }

    @Test(
        "a damaged ledger is kept aside and taken for three unanswered registrations when it was written",
        arguments: ["", "{", "{\"version\":2}", "{\"version\":1}", String(repeating: "x", count: 100)])
    func damaged(content: String) throws {
        try state.ledger.save(Self.none)
        state.temporary.write(content.utf8, to: state.ledgerFile)
        let written = modificationTime(of: state.ledger.path)
        let now = written + .seconds(100)

        let loaded = try state.ledger.load(now: now)
        let time = (content.isEmpty ? now : written).components.seconds
        let expected = RegistrationRecord(unanswered: 3, lastIntentAt: time, lastReplacementAt: time)
        #expect(loaded.record == expected)
        guard case .ledgerReplaced(_, let aside?) = loaded.warning else {
            Issue.record("found \(String(describing: loaded.warning))")
            return
        }
        #expect(state.temporary.read(state.relative(aside)) == Array(content.utf8))

        let again = try state.ledger.load(now: now)
        #expect(again.record == expected)
        #expect(again.warning == nil)
    }

    @Test("a ledger of another profile is not believed")
    func otherProfile() throws {
        let other = try state.directory.ledger(for: .example(profile: "other"))
        try other.save(Self.none)
        let content = try #require(state.temporary.read(state.relative(other.path)))
        try state.ledger.save(Self.none)
        state.temporary.write(content, to: state.ledgerFile)
        #expect(try state.ledger.load(now: now).record.unanswered == 3)
    }

    @Test("what cannot be kept aside is never written over, and says so")
    func directoryInItsPlace() throws {
        mkdir("\(state.temporary.path)/default", 0o700)
        mkdir(state.ledger.path, 0o700)
        let loaded = try state.ledger.load(now: now)
        #expect(loaded.record.unanswered == 3)
        #expect(
            loaded.warning == .ledgerReplaced(.unusableFile(path: state.ledger.path, .notARegularFile), keptAs: nil))
        #expect(throws: StateError.unusableFile(path: state.ledger.path, .notARegularFile)) {
            try state.ledger.save(Self.none)
        }
        #expect(state.temporary.names(in: "default").count == 1)
    }

    private func modificationTime(of path: String) -> Duration {
        var status = stat()
        stat(path, &status)
        return .seconds(status.st_mtim.tv_sec)
    }
}
