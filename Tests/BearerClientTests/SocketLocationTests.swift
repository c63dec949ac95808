import Glibc
import Synchronization
import TestSupport
import Testing

@testable import BearerClient

@Suite("Finding the socket")
struct SocketLocationTests {
    private static let system = SocketPlace(path: "/run/bearerd/bearerd.sock")

    private static func find(named: String? = nil, user: uid_t = 1000, _ variables: [String: String] = [:])
        -> SocketPlace
    {
        SocketLocation(variable: { variables[$0] }, user: user).find(named: named)
    }

    @Test("the path given, then $BEARERD_SOCKET, then the system's")
    func order() {
        let variables = ["BEARERD_SOCKET": "/b", "XDG_RUNTIME_DIR": "/nowhere"]
        for user: uid_t in [0, 1000] {
            #expect(Self.find(named: "/a", user: user, variables) == SocketPlace(path: "/a"))
            #expect(Self.find(user: user, variables) == SocketPlace(path: "/b"))
            #expect(Self.find(user: user, ["XDG_RUNTIME_DIR": "/nowhere"]) == Self.system)
            #expect(Self.find(user: user) == Self.system)
        }
    }

    @Test("the user's own where it exists")
    func own() throws {
        let directory = TemporaryDirectory()
        let variables = ["XDG_RUNTIME_DIR": directory.path]
        #expect(Self.find(variables) == Self.system)
        let own = directory.makeSocketFile()
        #expect(Self.find(variables) == SocketPlace(path: own))
    }

    /// As root would find it, were this process's user root, or another user.
    private static func findAsRoot(_ runtime: String, root: uid_t = geteuid()) -> SocketPlace {
        SocketLocation(variable: { ["XDG_RUNTIME_DIR": runtime][$0] }, user: root, root: root).find(named: nil)
    }

    @Test("root's own, where only root can have put it, and only with root listening")
    func ownOfRoot() throws {
        let directory = TemporaryDirectory()
        let own = try directory.makeSocket()
        #expect(Self.findAsRoot(directory.path) == SocketPlace(path: own, listener: geteuid()))
        #expect(Self.findAsRoot(directory.path, root: geteuid() + 1) == Self.system)
    }

    @Test("root does not look into a directory that others may write to", arguments: ["", "/bearerd"], [0o720, 0o702])
    func writable(part: String, mode: mode_t) throws {
        let directory = TemporaryDirectory()
        _ = try directory.makeSocket()
        try check(chmod(directory.path + part, mode), "chmod")
        #expect(Self.findAsRoot(directory.path) == Self.system)
    }

    @Test("root follows no symbolic link", arguments: ["link", "bearerd", "bearerd/bearerd.sock"])
    func links(part: String) throws {
        let directory = TemporaryDirectory()
        let path = directory.path
        let own = try directory.makeSocket()
        switch part {
        case "link": try check(symlink(path, "\(path)/link"), "symlink")
        case "bearerd":
            try check(rename("\(path)/bearerd", "\(path)/other"), "rename")
            try check(symlink("\(path)/other", "\(path)/bearerd"), "symlink")
        default:
            try check(rename(own, "\(path)/socket"), "rename")
            try check(symlink("\(path)/socket", own), "symlink")
        }
        let runtime = part == "link" ? "\(path)/link" : path
        #expect(access("\(runtime)/bearerd/bearerd.sock", F_OK) == 0)
        #expect(Self.findAsRoot(runtime) == Self.system)
    }

    @Test("root is not led by a link that a user turns to and fro between a file of root's and the user's own socket")
    func turningLink() async throws {
        let directory = TemporaryDirectory()
        let (own, socket) = (try directory.makeSocket(), "\(directory.path)/socket")
        try check(rename(own, socket), "rename")
        // Any user that is not root.
        if geteuid() == 0 {
            for part in ["", "/bearerd", "/socket"] { try check(chown(directory.path + part, 65533, 65533), "chown") }
        }
        let end = End()
        await withTaskGroup { group in
            group.addTask {
                while !end.hasCome.load(ordering: .relaxed) {
                    for target in ["/etc/passwd", socket] {
                        symlink(target, "\(directory.path)/link")
                        rename("\(directory.path)/link", own)
                        await Task.yield()
                    }
                }
            }
            group.addTask {
                var found: Set<String> = []
                for _ in 0..<300 {
                    found.insert(Self.find(user: 0, ["XDG_RUNTIME_DIR": directory.path]).path)
                    await Task.yield()
                }
                #expect(found == [Self.system.path])
                end.hasCome.store(true, ordering: .relaxed)
            }
        }
    }
}

private final class End: Sendable {
    let hasCome = Atomic(false)
}
