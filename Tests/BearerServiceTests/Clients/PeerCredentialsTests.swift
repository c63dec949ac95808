import BearerCore
import Glibc
import TestSupport
import Testing

@testable import BearerService

@Suite("Peers") struct PeerCredentialsTests {
    @Test("a socket pair's other end is ourselves")
    func ourselves() throws {
        let (one, two) = try socketPair()
        defer {
            close(one)
            close(two)
        }
        let peer = try #require(Peer(ofSocket: one))
        #expect(peer.pid == getpid() && peer.uid == geteuid() && peer.gid == getegid())
        var groups = [gid_t](repeating: 0, count: 1024)
        let count = getgroups(1024, &groups)
        let own = Set(groups.prefix(Int(count)))
        var named = NamedGroups()
        named.set(own.union([4_294_000_000]))
        var found = PeerGroups(ofSocket: one)
        #expect(found.among(named) == own)
        #expect(SocketAddressBytes.peer(ofSocket: one).isEmpty)
        #expect(SocketAddressBytes.own(ofSocket: one) == nil)
    }

    @Test("what is no socket has no peer")
    func noSocket() {
        let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        #expect(Peer(ofSocket: file) == nil && Peer(ofSocket: -1) == nil)
        #expect(SocketAddressBytes.peer(ofSocket: file).isEmpty && SocketAddressBytes.own(ofSocket: file) == nil)
    }

    @Test(
        "a child of another user with many groups is seen as that, also when it is gone",
        .enabled(
            if: geteuid() == 0 && access("/usr/bin/setpriv", X_OK) == 0 && access("/usr/bin/python3", X_OK) == 0,
            "needs root, setpriv and python3"), arguments: [0, 1, 32, 33, 1024, 1025, 20_000])
    func child(groupCount: Int) throws {
        let directory = TemporaryDirectory()
        chmod(directory.path, 0o711)
        let path = SocketPath(path: "\(directory.path)/s", mode: 0o666, group: nil)
        let listener = try path.bind().descriptor
        defer { close(listener) }
        listen(listener, 1)
        let groups = (0..<groupCount).map { "\(5000 + $0)" }.joined(separator: ",")
        let script = "import socket; s = socket.socket(socket.AF_UNIX); s.connect('\(path.path)')"
        let status = Command.run(
            "/usr/bin/setpriv", "--reuid=4711", "--regid=4712",
            groups.isEmpty ? "--clear-groups" : "--groups=\(groups)",
            "/usr/bin/python3", "-c", script)
        #expect(status == 0)
        let socket = accept(listener, nil, nil)
        defer { close(socket) }
        let peer = try #require(Peer(ofSocket: socket))
        #expect(peer.uid == 4711 && peer.gid == 4712)
        var named = NamedGroups()
        named.set([1, 5000, UInt32(5000 + groupCount - 1), UInt32(5000 + groupCount)])
        var found = PeerGroups(ofSocket: socket)
        let expected: Set<UInt32> = groupCount == 0 ? [] : [5000, UInt32(5000 + groupCount - 1)]
        let isFew = groupCount <= PeerGroups.most
        #expect(found.find(among: named) == isFew)
        #expect(found.among(named) == (isFew ? expected : []))
        #expect(found.inquiry(among: named)() == expected)
    }

    @Test(
        "an abstract name comes with its NULs, a bound path without what follows its end",
        arguments: [
            [0] + Array("ff/unit/a.service/b".utf8), [0, 0, 1, 0, 2], [0] + [UInt8](repeating: 0x61, count: 107),
        ])
    func abstract(name: [UInt8]) throws {
        let directory = TemporaryDirectory()
        let path = SocketPath(path: "\(directory.path)/s", mode: 0o600, group: nil)
        let listener = try path.bind().descriptor
        defer { close(listener) }
        listen(listener, 2)
        let client = try connected(to: path.path, boundTo: name)
        defer { close(client) }
        let accepted = accept(listener, nil, nil)
        defer { close(accepted) }
        #expect(SocketAddressBytes.peer(ofSocket: accepted) == name)
        #expect(SocketAddressBytes.own(ofSocket: client) == nil)
        #expect(SocketAddressBytes.own(ofSocket: accepted) == path.path)
    }
}
