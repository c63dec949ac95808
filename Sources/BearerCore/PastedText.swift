/// What people keep in a file around what is meant.
package enum PastedText {
    /// Without the white space and byte order mark at both ends, and with `quotes` without quotes: the typographic ones that
    /// editors make of them too.
    package static func trimmed(_ bytes: UnsafeRawBufferPointer, quotes: Bool) -> Slice<UnsafeRawBufferPointer> {
        let surroundings = quotes ? space + self.quotes : space
        var rest = bytes[...]
        while let prefix = surroundings.first(where: { rest.starts(with: $0) }) {
            rest = rest.dropFirst(prefix.count)
        }
        while let suffix = surroundings.first(where: { rest.suffix($0.count).elementsEqual($0) }) {
            rest = rest.dropLast(suffix.count)
        }
        return rest
    }

    private static let space = [" ", "\t", "\r", "\n", "\u{A0}", "\u{FEFF}"].map { Array($0.utf8) }
    private static let quotes = ["\"", "'", "`", "“", "”", "‘", "’"].map { Array($0.utf8) }
}
