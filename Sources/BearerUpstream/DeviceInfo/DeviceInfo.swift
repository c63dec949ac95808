internal import BearerCore
internal import BearerJSON

/// What the `X-Device-Info` header says of this host.
package struct DeviceInfo: Sendable, Equatable {
    /// By the header's keys, see `DeviceInfoSchema`.
    package let members: [String: String]

    /// What the machine says of itself, with the operator's `overrides` on top. Never fails: what cannot be read has
    /// a fallback or is left out.
    ///
    /// - Parameters:
    ///   - overrides: already checked against `DeviceInfoSchema`.
    ///   - root: put before the paths that are read, for tests.
    package init(overrides: [String: String] = [:], root: String = "", kernel: KernelFacts = .running) {
        let machine = MachineFacts(root: root)
        var members = [
            "primaryHardwareType": "Unknown",
            "model": machine.model ?? kernel.architecture,
            "version": machine.version ?? kernel.architecture,
            "osName": "Linux",
            "osFamily": "Linux",
            "osVersion": machine.osVersion ?? kernel.release,
            "connectionType": "LAN",
        ]
        members["manufacturer"] = machine.manufacturer
        self.members = members.merging(overrides) { _, override in override }
    }

    /// The header's value: standard base64, on one line, of a JSON object with sorted keys.
    package var headerValue: String {
        var json = JSONWriter()
        json.object { json in
            for (key, value) in members.sorted(by: { $0.key < $1.key }) { json.member(key, value) }
        }
        return Base64.encode(json.bytes)
    }
}

/// Base64 with the standard alphabet and padding; RFC 4648 section 4.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
            bits <<= 8
            for position in 0..<4 {
                text.append(position <= group.count ? alphabet[Int(bits >> 26)] : UInt8(ascii: "="))
                bits <<= 6
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
