/// Who may have a profile's token: the `allow` of its configuration, with names resolved to numbers.
///
/// An `AccessPolicy` denies whatever it does not name. A profile without `allow` has none at all: every process that can open
/// the socket may ask.
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
    ///
    /// - Parameter supplementary: those of the peer's supplementary groups that a policy names; asked for only when they
    ///   decide.
    package func allows(_ peer: Peer, supplementary: () -> Set<UInt32>) -> Bool {
        guard peer.uid != Self.overflowID else { return false }
        if users.contains(peer.uid) || groups.contains(peer.gid) { return true }
        return !groups.isEmpty && !groups.isDisjoint(with: supplementary())
    }

    /// Decides for the credential socket, where systemd names the unit.
    package func allows(unit: String) -> Bool {
        units.contains { $0.matches(unit) }
    }
}

/// The name of a systemd unit, in which `*` stands for any number of characters: `encoder@*.service`. Bytes are
/// compared: names that only look alike, by Unicode's rules, are different.
package struct UnitPattern: Sendable, Equatable, Hashable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package func matches(_ unit: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
        guard let first = parts.first, let last = parts.last, parts.count > 1 else {
            return text.utf8.elementsEqual(unit.utf8)
        }
        var rest = Substring(unit).utf8
        guard rest.count >= first.count + last.count, rest.starts(with: first) else { return false }
        rest = rest.dropFirst(first.count)
        guard rest.suffix(last.count).elementsEqual(last) else { return false }
        rest = rest.dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let end = Self.endOfFirst(part, in: rest) else { return false }
            rest = rest[end...]
        }
        return true
    }

    private static func endOfFirst(_ part: Substring.UTF8View, in text: Substring.UTF8View) -> String.Index? {
        var start = text.startIndex
        while start != text.endIndex {
            if text[start...].starts(with: part) { return text.index(start, offsetBy: part.count) }
            start = text.index(after: start)
        }
        return nil
    }
}
