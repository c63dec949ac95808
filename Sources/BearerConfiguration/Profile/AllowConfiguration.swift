package import BearerCore

/// Who may have a profile's token, as the configuration names them: `allow`.
///
/// On each socket, an `allow` without its kind denies: `users` and `groups` count on the client socket, `units` on the
/// credential socket. A kind that is present is never empty, and one is always present.
package struct AllowConfiguration: Sendable, Equatable {
    package var users: [AccountName]?
    package var groups: [AccountName]?
    package var units: [UnitPattern]?

    package init(users: [AccountName]? = nil, groups: [AccountName]? = nil, units: [UnitPattern]? = nil) {
        self.users = users
        self.groups = groups
        self.units = units
    }
}

extension AllowConfiguration {
    private enum Key: String, CaseIterable { case users, groups, units }

    init(_ value: ConfigurationValue) {
        let section = ConfigurationSection<Key>(value)
        users = section[.users].flatMap { $0.elements(of: "users")?.compactMap(Self.user) }
        groups = section[.groups].flatMap { $0.elements(of: "groups")?.compactMap(AccountName.init) }
        units = section[.units].flatMap { $0.elements(of: "units")?.compactMap(UnitPattern.init) }
        if value.isNull || value.node.isEmptyMapping {
            value.refuse(
                found: "names nobody",
                expected: "users, groups or units; without the key allow, whoever can open the socket may ask")
        }
    }

    private static func user(_ value: ConfigurationValue) -> AccountName? {
        let user = AccountName(value)
        if user == .id(AccessPolicy.overflowUser) {
            value.refuse(expected: "another user: this is the kernel's name for unknown ones and never matches")
        }
        return user
    }

    func write(to writer: inout YAMLWriter) {
        writer.section("allow") { writer in
            if let users { writer.list(Key.users.rawValue, users.map(Self.yaml)) }
            if let groups { writer.list(Key.groups.rawValue, groups.map(Self.yaml)) }
            if let units { writer.list(Key.units.rawValue, units.map { YAMLWriter.scalar($0.text) }) }
        }
    }

    private static func yaml(_ account: AccountName) -> String {
        switch account {
        case .name(let name): YAMLWriter.scalar(name)
        case .id(let id): "\(id)"
        }
    }
}

extension YAMLNode {
    fileprivate var isEmptyMapping: Bool {
        if case .mapping(let entries) = content { entries.isEmpty } else { false }
    }
}

extension UnitPattern {
    private static let expectation = "the name of a unit, such as ingest.service; * stands for any characters"

    /// The types of units that can have `LoadCredential=`, systemd.exec(5).
    private static let suffixes = [".service", ".socket", ".mount", ".swap"]

    init?(_ value: ConfigurationValue) {
        guard let pattern = value.text(expected: Self.expectation, Self.validPattern) else { return nil }
        self.init(pattern)
    }

    /// The characters of systemd.unit(5), and `*`. A pattern that can match no unit is refused.
    private static func validPattern(_ text: String) throws(UnfitValue) -> String {
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy(isUnitCharacter) else {
            throw UnfitValue(expected: expectation)
        }
        guard text.hasSuffix("*") || suffixes.contains(where: text.hasSuffix) else {
            throw UnfitValue(expected: "the name of a unit that ends in \(suffixes.joined(separator: ", ")) or *")
        }
        return text
    }

    private static func isUnitCharacter(_ byte: UInt8) -> Bool {
        ASCII.isLetter(byte) || ASCII.isDigit(byte) || ":-_.\\@*".utf8.contains(byte)
    }
}
