internal import Glibc

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

/// What uname(2) says.
package struct KernelFacts: Sendable, Equatable {
    /// Such as `x86_64`.
    package let architecture: String
    /// Such as `6.1.0-37-amd64`.
    package let release: String

    package init(architecture: String, release: String) {
        self.architecture = architecture
        self.release = release
    }

    /// The kernel that runs; `unknown` where it does not say.
    package static var running: KernelFacts {
        var name = utsname()
        guard uname(&name) == 0 else { return KernelFacts(architecture: "unknown", release: "unknown") }
        return KernelFacts(architecture: text(name.machine), release: text(name.release))
    }

    /// A fixed array of C characters up to its NUL.
    private static func text<Characters>(_ characters: Characters) -> String {
        let text = withUnsafeBytes(of: characters) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return text.isEmpty ? "unknown" : text
    }
}

/// Reads os-release(5): shell-like assignments, one per line.
enum OSRelease {
    /// The value that the last assignment to `name` gives, unquoted.
    static func value(of name: String, in text: String) -> String? {
        let assignments = text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix(name + "=") }
        return assignments.last.map { unquoted($0.dropFirst(name.count + 1)) }
    }

    /// A backslash takes the character after it literally, except within single quotes.
    private static func unquoted(_ value: Substring) -> String {
        var rest = value
        while rest.last?.isWhitespace == true { rest.removeLast() }
        let quote = rest.first.flatMap { $0 == "\"" || $0 == "'" ? $0 : nil }
        if let quote, rest.count > 1, rest.last == quote { rest = rest.dropFirst().dropLast() }
        if quote == "'" { return String(rest) }
        var result = ""
        var isEscaped = false
        for character in rest {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                result.append(character)
                isEscaped = false
            }
        }
        return result
    }
}
