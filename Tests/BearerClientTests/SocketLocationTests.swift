import Glibc
import Testing

@testable import BearerClient

@Suite("Finding the socket")
struct SocketLocationTests {
    private static let system = "/run/bearerd/bearerd.sock"

    private static func find(named: String? = nil, user: uid_t = 1000, _ variables: [String: String] = [:]) -> String {
        SocketLocation(variable: { variables[$0] }, user: user).find(named: named)
    }

    @Test("the path given, then $BEARERD_SOCKET, then the system's")
    func order() {
        let variables = ["BEARERD_SOCKET": "/b", "XDG_RUNTIME_DIR": "/nowhere"]
        #expect(Self.find(named: "/a", variables) == "/a")
        #expect(Self.find(variables) == "/b")
        #expect(Self.find(["XDG_RUNTIME_DIR": "/nowhere"]) == Self.system)
        #expect(Self.find() == Self.system)
    }

    @Test("the user's own where it exists; root takes it from root only")
    func own() throws {
        let directory = TemporaryDirectory()
        let variables = ["XDG_RUNTIME_DIR": directory.path]
        #expect(Self.find(variables) == Self.system)
        let own = try directory.makeSocketFile()
        #expect(Self.find(variables) == own)
        let isOfRoot = geteuid() == 0
        #expect(Self.find(user: 0, variables) == (isOfRoot ? own : Self.system))
        if isOfRoot {
            chown(own, 1000, 1000)
            #expect(Self.find(user: 0, variables) == Self.system)
            #expect(Self.find(variables) == own)
        }
    }
}
