package import BearerCore

/// One registered application: complete, with what is set for all profiles already taken in.
package struct ProfileConfiguration: Sendable, Equatable {
    /// See ``ProfileName``.
    package var name: String
    package var statement = StatementSource.standard
    /// Sent with the registration if present.
    package var redirectURI: String?
    /// Nil: whoever can open the socket may have the token.
    package var allow: AllowConfiguration?
    package var reregistration = Reregistration.automatic
    package var upstream: UpstreamSettings

    package init(name: String, upstream: UpstreamSettings = UpstreamSettings()) {
        self.name = name
        self.upstream = upstream
    }
}

extension ProfileConfiguration {
    private enum Key: String, CaseIterable {
        case softwareStatement = "software_statement"
        case redirectURI = "redirect_uri"
        case allow
        case reregister
        case environment, server
        case userAgent = "user_agent"
        case deviceInfo = "device_info"
        case renewal
    }

    /// - Parameter inherited: what is set for all profiles.
    init(name: String, _ value: ConfigurationValue, inheriting inherited: UpstreamSettings) {
        self.init(name: name, upstream: inherited)
        let section = ConfigurationSection<Key>(value)
        statement = section[.softwareStatement].flatMap { StatementSource($0) } ?? statement
        redirectURI = section[.redirectURI]?.text(expected: Self.uriExpectation, Self.absoluteURI)
        allow = section[.allow].map { AllowConfiguration($0) }
        reregistration = section[.reregister]?.choice() ?? reregistration
        upstream.override(
            from: UpstreamSettings.Source(
                environment: section[.environment],
                server: section[.server],
                userAgent: section[.userAgent],
                deviceInfo: section[.deviceInfo],
                renewal: section[.renewal]))
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

    func write(to writer: inout YAMLWriter) {
        statement.write(to: &writer)
        if let redirectURI { writer.entry(Key.redirectURI.rawValue, redirectURI) }
        if let allow { allow.write(to: &writer) } else { writer.comment("allow: whoever can open the socket") }
        writer.entry(Key.reregister.rawValue, reregistration.rawValue)
        upstream.write(to: &writer)
    }
}
