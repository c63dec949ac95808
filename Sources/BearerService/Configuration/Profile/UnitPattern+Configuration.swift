internal import BearerCore

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
