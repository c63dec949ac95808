/// Who may have a profile's token: the `allow` of its configuration, with names resolved to numbers.
///
/// An `AccessPolicy` denies whatever it does not name. A profile without `allow` has none at all: whoever can open the
/// socket may ask.
package struct AccessPolicy: Sendable, Equatable {
    /// The kernel's overflow uid and gid, which stand for those that a user namespace hides: see user_namespaces(7).
    /// Nobody in particular has them, and they never match.
    package static let overflowID: UInt32 = 65534

    package let users: Set<UInt32>
    package let groups: Set<UInt32>
    package let units: [UnitPattern]

    package init(users: Set<UInt32> = [], groups: Set<UInt32> = [], units: [UnitPattern] = []) {
        self.users = users.subtracting([Self.overflowID])
        self.groups = groups.subtracting([Self.overflowID])
        self.units = units
    }

    /// Decides for the client socket: one matching user or group suffices.
    package func allows(_ peer: Peer) -> Bool {
        guard peer.uid != Self.overflowID else { return false }
        return users.contains(peer.uid) || groups.contains(peer.gid) || !groups.isDisjoint(with: peer.groups)
    }

    /// Decides for the credential socket, where systemd names the unit.
    package func allows(unit: String) -> Bool {
        units.contains { $0.matches(unit) }
    }
}
