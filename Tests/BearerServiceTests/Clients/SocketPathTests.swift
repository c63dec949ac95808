import Glibc
import TestSupport
import Testing

@testable import BearerService

@Suite("SocketPath", .serialized) struct SocketPathTests {
    private let directory = TemporaryDirectory()

    private var path: String { "\(directory.path)/test.sock" }

    private func socketPath(_ path: String, mode: UInt32 = 0o660, group: UInt32? = nil) -> SocketPath {
        SocketPath(path: path, mode: mode, group: group)
    }

    @Test(
        "it has the mode and the group that are asked for, and is gone after removal",
        arguments: [
            (UInt32(0o660), nil), (0o600, 1234), (0o666, 0),
        ] as [(UInt32, UInt32?)])
    func modes(mode: UInt32, group: UInt32?) throws {
        let socket = socketPath(path, mode: mode, group: group)
        let bound = try socket.bind()
        let descriptor = bound.descriptor
        defer { close(descriptor) }
        #expect(directory.mode(of: "test.sock") == mode)
        var status = stat()
        stat(path, &status)
        #expect(status.st_gid == group ?? getegid())
        #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
        #expect(SocketAddressBytes.own(ofSocket: descriptor) == path)
        bound.remove()
        #expect(directory.names().isEmpty)
    }

    @Test("what was put in its place is not removed")
    func replaced() throws {
        let bound = try socketPath(path).bind()
        defer { close(bound.descriptor) }
        rename(path, path + ".moved")
        let other = try socketPath(path).bind()
        defer { close(other.descriptor) }
        bound.remove()
        #expect(directory.names().sorted() == ["test.sock", "test.sock.moved"])
    }

    enum Replacement: CaseIterable { case link, file, foreignSocket }

    @Test(
        "what somebody put there while it was bound gets neither its mode nor its group",
        arguments: Replacement.allCases)
    func replacedMeanwhile(by replacement: Replacement) throws {
        let socket = socketPath(path, mode: 0o666, group: getegid())
        directory.write([1], to: "victim")
        chmod("\(directory.path)/victim", 0o600)
        switch replacement {
        case .link: symlink("\(directory.path)/victim", path)
        case .file: rename("\(directory.path)/victim", path)
        case .foreignSocket:
            // Only root can make one: for others this is a socket that is gone.
            close(try socketPath(path).bind().descriptor)
            guard chown(path, 4711, 4711) == 0 else { return }
            chmod(path, 0o600)
        }
        #expect(throws: SocketError.replaced(path)) { try socket.setAccess() }
        #expect(directory.mode(of: replacement == .link ? "victim" : "test.sock") == 0o600)
    }

    @Test("a stale socket is replaced")
    func stale() throws {
        close(try socketPath(path).bind().descriptor)
        let descriptor = try socketPath(path).bind().descriptor
        defer { close(descriptor) }
        let client = try connected(to: path)
        close(client)
    }

    @Test("a socket that somebody listens on is left alone, even one whose backlog is full")
    func inUse() throws {
        let descriptor = try socketPath(path).bind().descriptor
        defer { close(descriptor) }
        listen(descriptor, 0)
        for _ in 0..<2 {
            #expect(throws: SocketError.inUse(path)) { try socketPath(path).bind() }
        }
        #expect(directory.names() == ["test.sock"])
    }

    @Test("what is no socket is left alone", arguments: ["file", "directory", "link"])
    func notASocket(kind: String) throws {
        switch kind {
        case "file": directory.write([1], to: "test.sock")
        case "directory": mkdir(path, 0o700)
        default: symlink("/nonexistent", path)
        }
        #expect(throws: SocketError.notASocket(path)) { try socketPath(path).bind() }
        #expect(directory.names() == ["test.sock"])
    }

    @Test("the longest path is bound, a longer one refused", arguments: [(107, true), (108, false), (300, false)])
    func length(length: Int, isFine: Bool) throws {
        let long = directory.path + "/" + String(repeating: "s", count: length - directory.path.utf8.count - 1)
        if isFine {
            close(try socketPath(long).bind().descriptor)
        } else {
            #expect(throws: SocketError.self) { try socketPath(long).bind() }
            #expect(directory.names().isEmpty)
        }
    }

    @Test("a directory that others could put something into is refused")
    func directories() throws {
        #expect(throws: SocketError.noDirectory("\(directory.path)/none")) {
            try socketPath("\(directory.path)/none/s").bind()
        }
        directory.write([], to: "file")
        #expect(throws: SocketError.notADirectory("\(directory.path)/file")) {
            try socketPath("\(directory.path)/file/s").bind()
        }
        mkdir("\(directory.path)/open", 0o700)
        chmod("\(directory.path)/open", 0o1777)
        #expect(throws: SocketError.openDirectory("\(directory.path)/open", mode: 0o1777)) {
            try socketPath("\(directory.path)/open/s").bind()
        }
    }

    @Test("a directory of another user is refused", .enabled(if: geteuid() == 0, "only root can give one away"))
    func foreign() throws {
        mkdir("\(directory.path)/foreign", 0o700)
        chown("\(directory.path)/foreign", 4711, 4711)
        #expect(throws: SocketError.foreignDirectory("\(directory.path)/foreign", uid: 4711)) {
            try socketPath("\(directory.path)/foreign/s").bind()
        }
    }

    @Test("every error names the path")
    func errors() {
        let errors: [SocketError] = [
            .failed(path: "/p/s", call: "bind", errno: EACCES), .pathTooLong("/p/s", limit: 107),
            .noDirectory("/p/s"), .notADirectory("/p/s"), .foreignDirectory("/p/s", uid: 1),
            .openDirectory("/p/s", mode: 0o777),
            .notASocket("/p/s"), .inUse("/p/s"),
        ]
        for error in errors { #expect("\(error)".hasPrefix("/p/s: ")) }
    }
}
