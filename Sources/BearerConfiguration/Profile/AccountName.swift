internal import BearerCore

/// A user or a group as the configuration names it: not looked up yet.
package enum AccountName: Sendable, Hashable {
    case name(String)
    case id(UInt32)
}

extension AccountName {
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
}

extension AccountName: CustomStringConvertible {
    package var description: String {
        switch self {
        case .name(let name): name
        case .id(let id): "\(id)"
        }
    }
}
