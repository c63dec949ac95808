import BearerCore
import BearerState
import Glibc
import TestSupport
import Testing

/// Real file systems, full and read-only.
@Suite(.enabled(if: Mount.isPermitted, "SKIPPED: only root with CAP_SYS_ADMIN can mount the disks that fail"))
struct FailingDiskTests {
    let mount: Mount
    let state: StateDirectory
    let store: CredentialStore
    let history: RegistrationHistoryStore

    init() throws {
        mount = try Mount(size: "256k")
        state = try StateDirectory.open(path: mount.directory.path)
        store = state.credentials(for: try .example())
        history = state.history(for: try .example())
    }

    private func expectNotWritten(_ code: Int32, _ body: () throws -> Void) {
        let error = #expect(throws: StateError.self, performing: body)
        guard case .notWritten(_, _, errno: code) = error else {
            Issue.record("found \(String(describing: error))")
            return
        }
        #expect(error.map { "\($0)".contains(String(cString: strerror(code))) } == true)
    }

    @Test("on a full disk the old credentials stay and nothing temporary does; later the new ones are written")
    func full() throws {
        try store.save(.example(id: "old"))
        let names = mount.directory.names(in: "default")
        mount.fill()
        expectNotWritten(ENOSPC) { try store.save(.example(id: "new")) }
        #expect(try store.load().stored?.credentials.clientID == "old")
        #expect(mount.directory.names(in: "default") == names)
        mount.makeRoom()
        try store.save(.example(id: "new"))
        #expect(try store.load().stored?.credentials.clientID == "new")
    }

    @Test("a full disk refuses an intent, and the history stays as it was")
    func fullHistory() throws {
        try history.save(RegistrationRecord(unanswered: 1, lastIntentAt: 5))
        mount.fill()
        expectNotWritten(ENOSPC) { try history.save(RegistrationRecord(unanswered: 2, lastIntentAt: 6)) }
        #expect(try history.load(now: .seconds(9)).record == RegistrationRecord(unanswered: 1, lastIntentAt: 5))
    }

    @Test("a damaged history on a full disk stays, and stays three unanswered registrations")
    func fullDamagedHistory() throws {
        try history.save(RegistrationRecord(unanswered: 0))
        let name = String(history.path.dropFirst(mount.directory.path.count + 1))
        mount.directory.write("x".utf8, to: name)
        mount.fill()
        for _ in 0..<2 {
            let loaded = try history.load(now: .seconds(1))
            #expect(loaded.record.unanswered == 3)
            #expect(loaded.warning != nil)
            #expect(mount.directory.read(name) == Array("x".utf8))
        }
    }

    @Test("a read-only disk refuses writes and serves what it has")
    func readOnly() throws {
        try store.save(.example())
        try #require(mount.remount(readOnly: true))
        expectNotWritten(EROFS) { try store.save(.example(id: "new")) }
        #expect(try store.load().stored == .example())
        #expect(try state.credentials(for: .example(profile: "other")).load() == .absent)
        expectNotWritten(EROFS) { try state.credentials(for: .example(profile: "other")).save(.example()) }
    }

    @Test("a state directory on a read-only disk opens, is locked, and serves")
    func openReadOnly() throws {
        let mount = try Mount(size: "256k")
        let path = mount.directory.path
        try StateDirectory.open(path: path).credentials(for: .example()).save(.example())
        unlink("\(path)/.lock")
        try #require(mount.remount(readOnly: true))
        let state = try StateDirectory.open(path: path)
        #expect(try state.credentials(for: .example()).load().stored == .example())
        #expect(throws: StateError.locked(path: path, pid: nil)) { try StateDirectory.open(path: path) }
    }

    @Test("a state directory on a full disk opens and is locked")
    func openFull() throws {
        let mount = try Mount(size: "64k")
        mount.fill()
        let state = try StateDirectory.open(path: mount.directory.path)
        #expect(throws: StateError.self) { try StateDirectory.open(path: mount.directory.path) }
        withExtendedLifetime(state) {}
    }

    @Test("a state directory that cannot be made on a read-only disk says so")
    func createReadOnly() throws {
        let mount = try Mount(size: "64k")
        try #require(mount.remount(readOnly: true))
        let path = "\(mount.directory.path)/state"
        #expect(throws: StateError.cannotCreate(path: path, errno: EROFS)) { try StateDirectory.open(path: path) }
    }

    @Test("a history that cannot be read for now is left alone, and is read when that has passed")
    func passing() throws {
        let record = RegistrationRecord(unanswered: 2, lastIntentAt: 5)
        try history.save(record)
        // To read it from the beginning is EIO.
        try #require(Command.run("/bin/mount", "--bind", "/proc/\(getpid())/mem", history.path) == 0)
        let error = #expect(throws: StateError.self) { try history.load(now: .seconds(9)) }
        Command.run("/bin/umount", "-l", history.path)
        #expect(error == .unusableFile(path: history.path, .unreadable(errno: EIO)) && error?.isPassing == true)
        #expect(try history.load(now: .seconds(9)).record == record)
        #expect(mount.directory.names(in: "default").count == 1)
    }
}
