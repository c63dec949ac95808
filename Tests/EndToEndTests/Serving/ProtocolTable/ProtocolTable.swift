/// The tables of input and answer in the protocol's documentation: the file itself, so that it cannot say what is not so.
struct ProtocolTable {
    struct Row: Sendable {
        /// In the file, from 1.
        let number: Int
        /// The heading above it.
        let section: String
        let sent: [Notation]
        let answered: [Notation]
    }

    let rows: [Row]

    private static let header = "| sent | answered |"

    /// Reads the rows below each header `| sent | answered |`, both cells in backquotes.
    init(markdown: String) throws {
        var rows: [Row] = []
        var isWithin = false
        var section = ""
        for (index, line) in markdown.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line == Self.header {
                isWithin = true
            } else if line.hasPrefix("## ") {
                section = String(line.dropFirst(3))
            } else if !line.hasPrefix("|") {
                isWithin = false
            } else if isWithin, line != "| --- | --- |" {
                rows.append(try Self.row(line, number: index + 1, in: section))
            }
        }
        self.rows = rows
    }

    private static func row(_ line: Substring, number: Int, in section: String) throws -> Row {
        let cells = line.dropFirst(2).dropLast(2).split(separator: " | ")
        guard cells.count == 2, cells.allSatisfy({ $0.count > 2 && $0.hasPrefix("`") && $0.hasSuffix("`") }) else {
            throw Notation.Mistake(text: "line \(number): expected two cells in backquotes")
        }
        return Row(
            number: number, section: section, sent: try Notation.parse(cells[0].dropFirst().dropLast()),
            answered: try Notation.parse(cells[1].dropFirst().dropLast()))
    }
}
