/// The first table of a Markdown file that has a column of a given name: documentation that tests hold to its word.
package struct MarkdownTable: Sendable {
    /// Header cells, as they are written.
    package let columns: [String]
    /// Below the header, a cell a column.
    package let rows: [[String]]

    /// - Throws: ``Missing`` when the file cannot be read or has no such table.
    package init(column: String, path: String) throws(Missing) {
        let lines = Self.lines(of: path)
        guard let header = lines.firstIndex(where: { Self.cells($0).contains(column) }) else {
            throw Missing(column: column, path: path)
        }
        columns = Self.cells(lines[header])
        rows = lines[(header + 2)...].prefix { $0.hasPrefix("|") }.map(Self.cells)
    }

    package struct Missing: Error {
        package let column: String
        package let path: String
    }

    /// A row as it stands in the file.
    package static func line(_ cells: [String]) -> String {
        "| \(cells.joined(separator: " | ")) |"
    }

    private static func cells(_ line: String) -> [String] {
        guard line.hasPrefix("|") else { return [] }
        return line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false).map { cell in
            String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }

    private static func lines(of path: String) -> [String] {
        ((try? Files.text(path)) ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}
