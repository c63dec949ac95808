internal import BearerCore
internal import BearerJSON
internal import CCrypto

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

/// Base64 with the standard alphabet and padding, on one line; RFC 4648 section 4.
enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String {
        // libcrypto ends the text with a NUL.
        var text = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
        let count = EVP_EncodeBlock(&text, bytes, CInt(bytes.count))
        return String(decoding: text.prefix(Int(count)), as: UTF8.self)
    }
}
