import BearerState
import Glibc
import TestSupport
import Testing

@Suite struct StateDirectoryTests {
    let temporary = TemporaryDirectory()
    var path: String { "\(temporary.path)/state" }

    @Test("a directory that is not there is made for us alone")
    func creation() throws {
        let state = try StateDirectory.open(path: path)
        #expect(temporary.mode(of: "state") == 0o700)
        #expect(state.warnings.isEmpty)
    }

    @Test("parents are not made")
    func missingParent() {
        let path = "\(path)/a/b"
        let error = #expect(throws: StateError.cannotCreate(path: path, errno: ENOENT)) {
            try StateDirectory.open(path: path)
        }
        #expect(error?.exitCode == 73)
    }

    @Test("a file in its place is refused")
    func notADirectory() {
        temporary.write([], to: "state")
        let error = #expect(throws: StateError.unusableDirectory(path: path, .notADirectory)) {
            try StateDirectory.open(path: path)
        }
        #expect(error?.exitCode == 74)
    }

    @Test("a directory that is open to others is closed, with a warning")
    func openToOthers() throws {
        mkdir(path, 0o700)
        chmod(path, 0o755)
        let state = try StateDirectory.open(path: path)
        #expect(state.warnings == [.directoryWasOpen(path: path, mode: 0o755)])
        #expect(temporary.mode(of: "state") == 0o700)
    }

    @Test("the path may be a symbolic link, as systemd makes it with DynamicUser=")
    func symbolicLink() throws {
        mkdir("\(temporary.path)/private", 0o700)
        symlink("private", path)
        #expect(throws: Never.self) { try StateDirectory.open(path: path) }
    }

    @Test("a directory of somebody else is refused", .enabled(if: geteuid() == 0, "only root can give it away"))
    func foreignOwner() {
        mkdir(path, 0o700)
        chown(path, 12_345, 12_345)
        #expect(throws: StateError.unusableDirectory(path: path, .foreignOwner(uid: 12_345, expected: 0))) {
            try StateDirectory.open(path: path)
        }
    }

    @Test("a second daemon is told which one was first, and the directory is free again after it")
    func secondInstance() throws {
        var first: StateDirectory? = try StateDirectory.open(path: path)
        let error = #expect(throws: StateError.locked(path: path, pid: getpid())) {
            try StateDirectory.open(path: path)
        }
        #expect(error?.exitCode == 75)
        #expect(error.map { "\($0)".contains("pid \(getpid())") } == true)
        withExtendedLifetime(first) {}
        first = nil
        #expect(throws: Never.self) { try StateDirectory.open(path: path) }
    }

    @Test("the lock keeps another process out, and another process keeps us out")
    func secondProcess() throws {
        let state = try StateDirectory.open(path: path)
        #expect(Command.run("/usr/bin/flock", "--nonblock", path, "/bin/true") == 1)
        withExtendedLifetime(state) {}

        let held = "\(temporary.path)/held"
        mkdir(held, 0o700)
        let holder = try #require(Command(["/usr/bin/flock", held, "/bin/sh", "-c", "echo locked; read line"]))
        defer { holder.end() }
        #expect(holder.firstOutput() == "locked\n")
        #expect(throws: StateError.locked(path: held, pid: nil)) { try StateDirectory.open(path: held) }
    }

    @Test("a store keeps the lock as long as it lives")
    func storeHoldsLock() throws {
        let store = try StateDirectory.open(path: path).credentials(for: .example())
        #expect(throws: StateError.locked(path: path, pid: getpid())) { try StateDirectory.open(path: path) }
        withExtendedLifetime(store) {}
    }

    @Test("what writes that were cut short left behind goes, everything else stays")
    func leftovers() throws {
        mkdir(path, 0o700)
        mkdir("\(path)/default", 0o700)
        for name in [".client-0.json.1f.tmp", ".other", "client-0.json", "client-0.json.retired-1", "notes.tmp"] {
            temporary.write("{".utf8, to: "state/default/\(name)")
        }
        _ = try StateDirectory.open(path: path)
        #expect(
            temporary.names(in: "state/default") == [".other", "client-0.json", "client-0.json.retired-1", "notes.tmp"])
    }

    @Test("profiles' directories that are links are left alone")
    func linkedProfile() throws {
        mkdir("\(temporary.path)/elsewhere", 0o700)
        temporary.write([], to: "elsewhere/.x.tmp")
        mkdir(path, 0o700)
        symlink("../elsewhere", "\(path)/default")
        let state = try StateDirectory.open(path: path)
        #expect(temporary.names(in: "elsewhere") == [".x.tmp"])
        #expect(throws: StateError.unusableDirectory(path: "\(path)/default", .notADirectory)) {
            try state.credentials(for: .example()).load()
        }
    }
}
