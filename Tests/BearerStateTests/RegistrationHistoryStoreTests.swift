import BearerCore
import Glibc
import TestSupport
import Testing

@testable import BearerState

@Suite struct RegistrationHistoryStoreTests {
    let state: ExampleState
    let now = Duration.seconds(1_700_000_000)

    init() throws {
        state = try ExampleState()
    }

    @Test("no history is an empty history")
    func absent() throws {
        let loaded = try state.history.load(now: now)
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
        try state.history.save(RegistrationRecord(unanswered: 99))
        try state.history.save(record)
        #expect(try state.history.load(now: now).record == record)
        #expect(try state.history.load(now: .zero).record == record)
        #expect(state.temporary.mode(of: state.historyFile) == 0o600)
    }

    @Test("a history of a version that knew no boots is read")
    func oldVersion() throws {
        try state.history.save(RegistrationRecord(unanswered: 3, lastIntentAt: 5, lastReplacementAt: 6))
        let content = try #require(state.temporary.read(state.historyFile))
        #expect(!String(decoding: content, as: UTF8.self).contains("boot"))
        let loaded = try state.history.load(now: now)
        #expect(loaded.record == RegistrationRecord(unanswered: 3, lastIntentAt: 5, lastReplacementAt: 6))
        #expect(loaded.warning == nil)
    }

    @Test(
        "a damaged history is archived and taken for three unanswered registrations when it was written",
        arguments: ["", "{", "{\"version\":2}", "{\"version\":1}", String(repeating: "x", count: 100)])
    func damaged(content: String) throws {
        try state.history.save(Self.none)
        state.temporary.write(content.utf8, to: state.historyFile)
        let written = modificationTime(of: state.history.path)
        let now = written + .seconds(100)

        let loaded = try state.history.load(now: now)
        let time = (content.isEmpty ? now : written).components.seconds
        let expected = RegistrationRecord(unanswered: 3, lastIntentAt: time, lastReplacementAt: time)
        #expect(loaded.record == expected)
        guard case .historyReplaced(_, let aside?) = loaded.warning else {
            Issue.record("found \(String(describing: loaded.warning))")
            return
        }
        #expect(state.temporary.read(state.relative(aside)) == Array(content.utf8))

        let again = try state.history.load(now: now)
        #expect(again.record == expected)
        #expect(again.warning == nil)
    }

    @Test("a history of another profile is not believed")
    func otherProfile() throws {
        let other = try state.directory.history(for: .example(profile: "other"))
        try other.save(Self.none)
        let content = try #require(state.temporary.read(state.relative(other.path)))
        try state.history.save(Self.none)
        state.temporary.write(content, to: state.historyFile)
        #expect(try state.history.load(now: now).record.unanswered == 3)
    }

    @Test("what cannot be archived is never written over, and says so")
    func directoryInItsPlace() throws {
        mkdir("\(state.temporary.path)/default", 0o700)
        mkdir(state.history.path, 0o700)
        let loaded = try state.history.load(now: now)
        #expect(loaded.record.unanswered == 3)
        #expect(
            loaded.warning == .historyReplaced(.unusableFile(path: state.history.path, .notARegularFile), keptAs: nil))
        #expect(throws: StateError.unusableFile(path: state.history.path, .notARegularFile)) {
            try state.history.save(Self.none)
        }
        #expect(state.temporary.names(in: "default").count == 1)
    }

    private func modificationTime(of path: String) -> Duration {
        var status = stat()
        stat(path, &status)
        return .seconds(status.st_mtim.tv_sec)
    }
}
