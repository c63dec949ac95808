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
        users = section[.users].flatMap { $0.elements(of: "users")?.compactMap { Self.account($0, "user") } }
        groups = section[.groups].flatMap { $0.elements(of: "groups")?.compactMap { Self.account($0, "group") } }
        units = section[.units].flatMap { $0.elements(of: "units")?.compactMap(UnitPattern.init) }
        if value.isNull || value.node.isEmptyMapping {
            value.report(
                found: "names nobody",
                expected: "users, groups or units; without the key allow, whoever can open the socket may ask")
        }
    }

    private static func account(_ value: ConfigurationValue, _ kind: String) -> AccountName? {
        let account = AccountName(value)
        if account?.isOverflow == true {
            value.report(expected: "another \(kind): this is the kernel's name for unknown ones and never matches")
        }
        return account
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

/// A user or a group as the configuration names it: not looked up yet.
package enum AccountName: Sendable, Hashable {
    case name(String)
    case id(UInt32)

    /// (uid_t) -1 means "unchanged" to system calls and is nobody.
    private static let ids = 0...Int(UInt32.max) - 1

    private static let expectation = "a name, or a number from 0 to \(ids.upperBound)"

    init?(_ value: ConfigurationValue) {
        if case .integer(let id)? = value.scalar, Self.ids.contains(id) {
            self = .id(UInt32(id))
            return
        }
        guard let name = value.text(expected: Self.expectation, Self.validName) else { return nil }
        self = .name(name)
    }

    /// Names of directories may have spaces, backslashes and `@`; see useradd(8) for those of files.
    private static func validName(_ text: String) throws(UnfitValue) -> String {
        if !text.isEmpty, text.utf8.allSatisfy(ASCII.isDigit) {
            throw UnfitValue(expected: "\(expectation) without quotes")
        }
        let isValid =
            (1...256).contains(text.utf8.count) && !text.hasPrefix("-") && !text.hasPrefix(" ") && !text.hasSuffix(" ")
            && text.unicodeScalars.allSatisfy { Quotation.isPrintable($0) && $0 != ":" && $0 != "/" && $0 != "," }
        guard isValid else { throw UnfitValue(expected: expectation) }
        return text
    }

    /// Whether this is the kernel's overflow id, or a name that it has on most hosts: see ``AccessPolicy/overflowID``.
    fileprivate var isOverflow: Bool {
        switch self {
        case .id(let id): id == AccessPolicy.overflowID
        case .name(let name): ["nobody", "nogroup"].contains(name)
        }
    }
}

extension AccountName: CustomStringConvertible {
    package var description: String {
        switch self {
        case .name(let name): name
        case .id(let id): "\(id)"
        }
    }
}
