import Testing

@testable import BearerService

@Suite("DaemonPaths") struct DaemonPathsTests {
    private func paths(
        user: UInt32 = 0, _ environment: [String: String] = [:], _ change: (inout DaemonOptions) -> Void = { _ in }
    ) -> DaemonPaths {
        var options = DaemonOptions()
        change(&options)
        return DaemonPaths(options, user: user) { environment[$0] }
    }

    @Test("the system's places are root's, and those of a service user without a session", arguments: [UInt32(0), 990])
    func system(user: UInt32) {
        let found = paths(user: user, user == 0 ? ["XDG_RUNTIME_DIR": "/run/user/0", "HOME": "/root"] : [:])
        #expect(found.configuration == "/etc/bearerd/bearerd.yaml" && found.isConfigurationOptional)
        #expect(found.socket == "/run/bearerd/bearerd.sock" && found.stateDirectory == "/var/lib/bearerd")
        #expect(!found.areUsersOwn && found.credentialSocket == nil)
    }

    @Test("a user with a session has places of its own")
    func user() {
        let session = ["XDG_RUNTIME_DIR": "/run/user/1000", "HOME": "/home/u"]
        let found = paths(user: 1000, session)
        #expect(found.configuration == "/home/u/.config/bearerd/bearerd.yaml")
        #expect(found.socket == "/run/user/1000/bearerd/bearerd.sock")
        #expect(found.credentialSocket == "/run/user/1000/bearerd/credential.sock")
        #expect(paths(user: 1000, session) { $0.socket = "/s" }.credentialSocket == nil)
        #expect(found.stateDirectory == "/home/u/.local/state/bearerd" && found.areUsersOwn)
        let moved = paths(user: 1000, session.merging(["XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s"]) { $1 })
        #expect(moved.configuration == "/c/bearerd/bearerd.yaml" && moved.stateDirectory == "/s/bearerd")
    }

    @Test(
        "what systemd hands over wins over a flag, a flag over a default",
        arguments: [
            ([:], nil, "/var/lib/bearerd"), ([:], "/flag", "/flag"), (["STATE_DIRECTORY": "/one"], "/flag", "/one"),
            (["STATE_DIRECTORY": "/one:/two"], nil, "/one"), (["STATE_DIRECTORY": ":"], "/flag", "/flag"),
        ] as [([String: String], String?, String)])
    func stateDirectory(environment: [String: String], flag: String?, expected: String) {
        #expect(paths(environment) { $0.stateDirectory = flag }.stateDirectory == expected)
    }

    @Test("a configuration that somebody named must be there")
    func named() {
        let found = paths {
            $0.configuration = "/etc/bearerd/bearerd.yaml"
            $0.socket = "/s"
        }
        #expect(!found.isConfigurationOptional && found.socket == "/s")
    }

    @Test(
        "the directory of the socket is made where it is a user's own",
        arguments: [
            (nil, "/run/user/1000", true), ("/run/user/1000/x/s", "/run/user/1000", true),
            ("/run/user/1000/x/s", "/run/user/1000/", true), ("/run/user/10001/x/s", "/run/user/1000", false),
            ("/srv/x/s", "/run/user/1000", false), ("/run/user/1000/x/s", nil, false),
        ] as [(String?, String?, Bool)])
    func socketDirectory(socket: String?, runtime: String?, isMade: Bool) {
        var environment = ["HOME": "/home/u"]
        environment["XDG_RUNTIME_DIR"] = runtime
        var options = DaemonOptions()
        options.socket = socket
        #expect(DaemonPaths(options, user: 1000) { environment[$0] }.makesSocketDirectory == isMade)
        #expect(!DaemonPaths(options, user: 0) { environment[$0] }.makesSocketDirectory)
    }
}
