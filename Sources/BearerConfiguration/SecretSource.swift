internal import BearerCore

/// Where a secret comes from that a profile needs.
package enum SecretSource: Sendable, Equatable {
    /// A systemd credential, by its name. See systemd.exec(5), "Credentials".
    case credential(String)
    /// A file, by its absolute path.
    case file(String)

    private enum Key: String, CaseIterable { case credential, file }

    private static let expectation = "{credential: name} or {file: /path}"

    /// The value itself is never repeated in a message: people paste the secret here.
    init?(_ value: ConfigurationValue?) {
        guard let value else { return nil }
        guard case .mapping = value.node.content else {
            value.report(found: "is not a mapping", expected: Self.expectation)
            return nil
        }
        let section = ConfigurationSection<Key>(value)
        let credential = section[.credential]?.text(expected: Self.nameExpectation, Self.credentialName)
        let file = section[.file]?.text(expected: AbsolutePath.expectation, AbsolutePath.checked)
        switch (section[.credential], section[.file]) {
        case (nil, nil):
            value.report(found: "names no source", expected: Self.expectation)
        case (.some, .some):
            value.report(found: "names two sources", expected: Self.expectation)
        default: break
        }
        guard let source = credential.map(Self.credential) ?? file.map(Self.file) else { return nil }
        self = source
    }

    private static let nameExpectation = "the name of a credential"

    /// The rules of systemd's `credential_name_valid()`.
    private static func credentialName(_ text: String) throws(UnfitValue) -> String {
        let isValid =
            (1...255).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy { ASCII.isPrintable($0) && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") }
        guard isValid else { throw UnfitValue(expected: nameExpectation) }
        return text
    }

    /// Where it is, for messages.
    package var place: String {
        switch self {
        case .credential(let name): "the credential \(name)"
        case .file(let path): path
        }
    }

    func write(_ key: String, to writer: inout YAMLWriter) {
        writer.section(key) { writer in
            switch self {
            case .credential(let name): writer.entry(Key.credential.rawValue, name)
            case .file(let path): writer.entry(Key.file.rawValue, path)
            }
        }
    }
}
