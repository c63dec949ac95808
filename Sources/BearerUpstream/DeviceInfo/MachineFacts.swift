/// What DMI and os-release say of the machine, as far as they can be read and mean anything.
struct MachineFacts: Equatable {
    let model: String?
    let version: String?
    let manufacturer: String?
    let osVersion: String?

    /// What firmware holds where its maker filled nothing in; compared in small letters.
    private static let placeholders: Set = [
        "to be filled by o.e.m.", "to be filled by oem", "default string", "system product name", "system version",
        "system manufacturer", "not specified", "not applicable", "unknown", "none", "n/a", "o.e.m.", "oem",
        "empty", "undefined", "invalid",
    ]

    /// Reads below `root`; see os-release(5) for the two places of that file.
    init(root: String) {
        func firmware(_ name: String) -> String? {
            Self.text(at: "\(root)/sys/class/dmi/id/\(name)").flatMap(Self.meaningful)
        }
        model = firmware("product_name")
        version = firmware("product_version")
        manufacturer = firmware("sys_vendor")
        let release = Self.text(at: "\(root)/etc/os-release") ?? Self.text(at: "\(root)/usr/lib/os-release")
        osVersion = release.flatMap { OSRelease.value(of: "VERSION_ID", in: $0) }.flatMap(Self.meaningful)
    }

    private static func text(at path: String) -> String? {
        guard let bytes = try? BoundedFile.read(path, upTo: 65_536) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Without surrounding white space; nil if that leaves nothing, a placeholder, or what the header may not hold.
    private static func meaningful(_ text: String) -> String? {
        var text = text[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        text = text.drop(while: \.isWhitespace)
        guard 1...128 ~= text.utf8.count, !placeholders.contains(text.lowercased()) else { return nil }
        return text.unicodeScalars.contains { $0.properties.generalCategory == .control } ? nil : String(text)
    }
}
