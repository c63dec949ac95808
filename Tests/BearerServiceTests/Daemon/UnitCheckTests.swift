import BearerConfiguration
import Testing

@testable import BearerService

@Suite("UnitCheck") struct UnitCheckTests {
    private static let loaded = "LoadState=loaded\nNeedDaemonReload=no\n"

    private func units(
        service: String = "User=root", socket: String = "SocketMode=0660", show: String = "SocketMode=0660"
    ) -> UnitCheck {
        UnitCheck(
            service: InstalledUnit(name: "bearerd.service", show: Self.loaded, cat: "[Service]\n\(service)\n"),
            socket: InstalledUnit(
                name: "bearerd.socket", show: "\(Self.loaded)\(show)\n",
                cat: "# /usr/lib/x\n[Socket]\nSocketGroup=root\n\(socket)\n"),
            socketPath: "/none/bearerd.sock")
    }

    @Test("the last value of a setting counts, and an empty one forgets those before it")
    func settings() {
        let unit = InstalledUnit(
            name: "x", show: "", cat: "# A=0\n A = 1\nA=2\nB=1\nB=\nB=2\nB=3=4\nC=\n[Section]\nD")
        #expect(unit.setting("A") == "2" && unit.list("A") == ["1", "2"])
        #expect(unit.list("B") == ["2", "3=4"])
        #expect(unit.setting("C") == nil && unit.list("C").isEmpty && unit.setting("D") == nil)
    }

    @Test(
        "a socket that is open to everybody is refused, whether systemd has read its unit or will, or has no mode",
        arguments: [
            ("SocketMode=0660", "SocketMode=0660", 0), ("SocketMode=0666", "SocketMode=0660", 1),
            ("SocketMode=0660", "SocketMode=0666", 1), ("SocketMode=0666", "SocketMode=0666", 1), ("A=b", "A=b", 1),
        ])
    func modes(onDisk: String, loaded: String, count: Int) {
        let problems = units(socket: onDisk, show: loaded).modes.problems(of: Configuration())
        #expect(problems.count == count)
        for problem in problems { #expect(problem.message.hasPrefix("bearerd.socket: SocketMode=: mode 0666")) }
    }

    @Test("users and groups that this host does not have are told with the command that makes them")
    func accounts() {
        #expect(units().problems.isEmpty)
        #expect(
            units(service: "User=no-such-user").problems.map(\.message) == [
                "bearerd.service: User=no-such-user: this host has no user no-such-user; "
                    + "useradd --system no-such-user makes it"
            ])
        #expect(units(socket: "SocketGroup=no-such-group").problems.count == 1)
        let ours = "this host has no group bearerd; systemd-sysusers bearerd.conf makes it"
        #expect(MissingAccount.group("bearerd") == ours)
    }

    @Test(
        "what the unit hides is told for a path in it, and for no other",
        arguments: [
            ("ProtectHome=yes", "/root/statement", true), ("ProtectHome=tmpfs", "/home/a/statement", true),
            ("ProtectHome=read-only", "/root/statement", false), ("PrivateTmp=yes", "/tmp/statement", true),
            ("PrivateTmp=no", "/tmp/statement", false), ("ProtectHome=yes", "/etc/bearerd/statement", false),
        ])
    func sandbox(setting: String, path: String, isHidden: Bool) {
        #expect((units(service: setting).sandbox.reason(path) != nil) == isHidden)
    }
}
