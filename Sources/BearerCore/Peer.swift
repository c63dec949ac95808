/// The process at the other end of a connection, as the kernel recorded it at connect(2). See unix(7), SO_PEERCRED.
package struct Peer: Sendable, Equatable {
    /// For the journal only: a process id can be used again and proves nothing.
    package let pid: Int32
    package let uid: UInt32
    package let gid: UInt32
    /// When the connection was accepted, on CLOCK_BOOTTIME: a process that started later is not the one of ``pid``.
    package let acceptedAt: Duration

    package init(pid: Int32, uid: UInt32, gid: UInt32, acceptedAt: Duration = .zero) {
        self.pid = pid
        self.uid = uid
        self.gid = gid
        self.acceptedAt = acceptedAt
    }

    /// Root, or the user that the daemon runs as; never the overflow user, who may be anybody.
    package func isAdministrator(daemonUser: UInt32) -> Bool {
        uid == 0 || (uid == daemonUser && uid != AccessPolicy.overflowID)
    }
}

/// The unit that asks on the credential socket, by the abstract address that systemd binds to when it loads
/// `LoadCredential=ID:/socket` for it, `\0<hex>/unit/<unit>/<id>`. See systemd.exec(5).
///
/// Anybody can bind to such a name: it counts only when the connection comes from uid 0, or from the user of a
/// service manager that runs as ourselves.
package struct CredentialPeer: Sendable, Equatable {
    package let unit: String
    /// The credential's id.
    package let credential: String

    package init(unit: String, credential: String) {
        self.unit = unit
        self.credential = credential
    }

    /// - Parameter address: `sun_path` with its leading NUL, no longer than the address's length says.
    /// - Returns: `nil` unless the whole of it is of just that form: 1 to 16 lower-case hexadecimal digits, then unit
    ///   and id, neither empty and neither with a `/`, a NUL or a byte that is not printable ASCII.
    package init?(abstractAddress address: some Sequence<UInt8>) {
        let parts = Array(address).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0].first == 0, parts[1].elementsEqual("unit".utf8) else { return nil }
        let digits = parts[0].dropFirst()
        guard (1...16).contains(digits.count), digits.allSatisfy(Self.isHexadecimal) else { return nil }
        guard let unit = Self.name(parts[2]), let credential = Self.name(parts[3]) else { return nil }
        self.init(unit: unit, credential: credential)
    }

    private static func name(_ bytes: ArraySlice<UInt8>) -> String? {
        guard !bytes.isEmpty, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        ASCII.isDigit(byte) || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte
    }
}
