internal import Glibc

/// Which installation this is, in a form that may be written down: machine-id(5) asks that the id itself stay
/// confidential, so this is HMAC-SHA256 with it as the key.
package struct MachineID: Sendable, Equatable {
    package static let systemPath = "/etc/machine-id"

    /// Hexadecimal.
    let hash: String

    init(hash: String) {
        self.hash = hash
    }

    /// Reads the file; `nil` where there is no machine-id, or none yet.
    static func read(path: String) -> MachineID? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 32 else { return nil }
        return MachineID(identifier: String(decoding: bytes[..<count], as: UTF8.self))
    }

    private init?(identifier: String) {
        let digits = identifier.prefix { $0.isHexDigit }
        guard digits.count == 32 else { return nil }
        hash = SHA256.hexadecimalCode(of: "bearerd client credentials", key: String(digits))
    }
}
