import BearerCore
import Testing

@Suite struct AccessPolicyTests {
    private static let users = AccessPolicy(users: [1000])
    private static let groups = AccessPolicy(groups: [44])
    private static let both = AccessPolicy(users: [1000], groups: [44])

    static let decisions: [(policy: AccessPolicy, uid: UInt32, gid: UInt32, groups: [UInt32], allowed: Bool)] = [
        (users, 1000, 5, [], true), (users, 1001, 5, [], false), (users, 0, 0, [], false),
        (users, 5, 1000, [1000], false),
        (groups, 7, 44, [], true), (groups, 7, 5, [1, 44], true), (groups, 44, 5, [1], false),
        (groups, 0, 0, [0], false),
        (both, 1000, 5, [], true), (both, 7, 44, [], true), (both, 7, 5, [3], false),
        (AccessPolicy(), 1000, 44, [44], false), (AccessPolicy(units: [UnitPattern("*")]), 1000, 44, [44], false),
        // Whom a user namespace hides is nobody, even if the policy names the number or the group fits.
        (AccessPolicy(users: [65534]), 65534, 5, [], false), (groups, 65534, 44, [44], false),
        (AccessPolicy(groups: [65534]), 1000, 65534, [65534], false),
        (AccessPolicy(users: [0]), 0, 0, [], true),
    ]

    @Test("one matching user or group suffices on the client socket", arguments: decisions)
    func peers(policy: AccessPolicy, uid: UInt32, gid: UInt32, groups: [UInt32], allowed: Bool) {
        #expect(policy.allows(Peer(pid: 1, uid: uid, gid: gid)) { Set(groups) } == allowed)
    }

    @Test("supplementary groups are asked for only where they decide")
    func lazily() {
        let unasked: () -> Set<UInt32> = {
            Issue.record("asked for")
            return [44]
        }
        #expect(Self.both.allows(Peer(pid: 1, uid: 1000, gid: 5), supplementary: unasked))
        #expect(Self.both.allows(Peer(pid: 1, uid: 7, gid: 44), supplementary: unasked))
        #expect(!Self.users.allows(Peer(pid: 1, uid: 7, gid: 5), supplementary: unasked))
    }

    @Test("only units decide on the credential socket")
    func units() {
        let policy = AccessPolicy(units: [UnitPattern("ingest.service"), UnitPattern("encoder@*.service")])
        #expect(policy.allows(unit: "ingest.service"))
        #expect(policy.allows(unit: "encoder@7.service"))
        #expect(!policy.allows(unit: "other.service"))
        #expect(!policy.allows(unit: ""))
        #expect(!Self.both.allows(unit: "ingest.service"))
    }

    @Test(
        "root and the daemon's user are administrators",
        arguments: [(0, true), (990, true), (991, false), (65534, false)])
    func administrators(uid: UInt32, expected: Bool) {
        #expect(Peer(pid: 1, uid: uid, gid: 0).isAdministrator(daemonUser: 990) == expected)
    }
}
