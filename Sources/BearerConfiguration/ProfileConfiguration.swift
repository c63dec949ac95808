package import BearerCore

/// One application: complete, with what is set for all profiles already taken in.
package struct ProfileConfiguration: Sendable, Equatable {
    /// See ``ProfileName``.
    package var name: String
    package var client = ClientSource.registration(RegistrationConfiguration())
    /// Nil: every process that can open the socket may have the token.
    package var allow: AllowConfiguration?
    package var upstream: UpstreamSection

    package init(name: String, upstream: UpstreamSection = UpstreamSection()) {
        self.name = name
        self.upstream = upstream
    }
}

/// How a profile comes by its client credentials.
package enum ClientSource: Sendable, Equatable {
    /// This host registers.
    case registration(RegistrationConfiguration)
    /// They are of a registration elsewhere.
    case given(SecretSource)
}

/// What a profile registers with.
package struct RegistrationConfiguration: Sendable, Equatable {
    /// By default the credential that the service unit loads.
    package var statement = SecretSource.credential("software_statement")
    /// Sent with the registration if present.
    package var redirectURI: String?
    package var reregistration = Reregistration.automatic
    /// The registration should have these; a missing one is a warning.
    package var expectedScopes: [String] = []

    package init() {}
}

/// The keys of a profile.
private enum Key: String, CaseIterable {
    case softwareStatement = "software_statement"
    case client
    case redirectURI = "redirect_uri"
    case allow
    case reregister
    case expectScopes = "expect_scopes"
    case environment, server
    case userAgent = "user_agent"
    case deviceInfo = "device_info"
    case renewal
}

extension ProfileConfiguration {
    /// - Parameter inherited: what is set for all profiles.
    init(name: String, _ value: ConfigurationValue, inheriting inherited: UpstreamSection) {
        self.init(name: name, upstream: inherited)
        let section = ConfigurationSection<Key>(value)
        client = ClientSource(section)
        allow = section[.allow].map { AllowConfiguration($0) }
        upstream.override(from: section)
    }

    func write(to writer: inout YAMLWriter) {
        client.write(to: &writer)
        if let allow { allow.write(to: &writer) } else { writer.comment("allow: whoever can open the socket") }
        upstream.write(to: &writer)
    }
}

extension ClientSource {
    fileprivate init(_ section: ConfigurationSection<Key>) {
        // What is wrong with the keys of a registration is told all the same.
        let registration = RegistrationConfiguration(section)
        guard let client = section[.client] else {
            self = .registration(registration)
            return
        }
        section[.softwareStatement]?.report(found: "is given next to client", expected: "one of the two")
        for key in [Key.redirectURI, .reregister, .expectScopes] {
            section[key]?.report(
                found: "is given next to client",
                expected: "it next to software_statement only: with client this host never registers")
        }
        self = SecretSource(client).map { .given($0) } ?? .registration(registration)
    }

    fileprivate func write(to writer: inout YAMLWriter) {
        switch self {
        case .registration(let registration): registration.write(to: &writer)
        case .given(let source):
            source.write(Key.client.rawValue, to: &writer)
            writer.comment("the client credentials are given: this host never registers for the profile")
        }
    }
}

extension RegistrationConfiguration {
    fileprivate init(_ section: ConfigurationSection<Key>) {
        statement = SecretSource(section[.softwareStatement]) ?? statement
        redirectURI = section[.redirectURI]?.text(expected: Self.uriExpectation, Self.absoluteURI)
        reregistration = section[.reregister]?.choice() ?? reregistration
        expectedScopes =
            section[.expectScopes]?.elements(of: "scopes")?
            .compactMap { $0.text(expected: Self.scopeExpectation, Self.scope) } ?? []
    }

    private static let scopeExpectation = "a scope, such as api:client:v2"

    private static func scope(_ text: String) throws(UnfitValue) -> String {
        guard Scope.isValid(text) else { throw UnfitValue(expected: scopeExpectation) }
        return text
    }

    private static let uriExpectation = "an absolute URI without a fragment, such as adobepass://com.programmer"

    /// RFC 6749 section 3.1.2, RFC 3986 section 4.3.
    private static func absoluteURI(_ text: String) throws(UnfitValue) -> String {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        let isSchemeByte = { (byte: UInt8) in ASCII.isLetter(byte) || "0123456789+-.".utf8.contains(byte) }
        guard parts.count == 2, let first = parts[0].first, ASCII.isLetter(first), parts[0].allSatisfy(isSchemeByte),
            !parts[1].isEmpty, text.utf8.count <= 2048,
            text.utf8.allSatisfy({ ASCII.isPrintable($0) && !" #\"<>\\^`{|}".utf8.contains($0) })
        else { throw UnfitValue(expected: uriExpectation) }
        return text
    }

    fileprivate func write(to writer: inout YAMLWriter) {
        statement.write(Key.softwareStatement.rawValue, to: &writer)
        if let redirectURI { writer.entry(Key.redirectURI.rawValue, redirectURI) }
        writer.entry(Key.reregister.rawValue, reregistration.rawValue)
        if !expectedScopes.isEmpty { writer.list(Key.expectScopes.rawValue, expectedScopes.map(YAMLWriter.scalar)) }
    }
}

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
