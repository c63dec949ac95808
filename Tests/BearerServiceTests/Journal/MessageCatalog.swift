import TestSupport

/// systemd/bearerd.catalog of this repository, as journalctl(1) reads it.
struct MessageCatalog {
    struct Entry: Sendable {
        let id: String
        /// `Subject`, `Defined-By`, `Documentation`.
        let header: [String: String]
        /// The text after the header, split at empty lines.
        let paragraphs: [String]

        /// `BEARERD_PROFILE` of `@BEARERD_PROFILE@`.
        var fields: [String] {
            let text = ([header["Subject"] ?? ""] + paragraphs).joined(separator: "\n")
            let parts = text.split(separator: "@", omittingEmptySubsequences: false)
            return stride(from: 1, to: parts.count, by: 2).map { String(parts[$0]) }
        }
    }

    let entries: [Entry]

    /// - Parameter file: this source file, from which the way to the catalog is known.
    init(relativeTo file: String = #filePath) {
        let levels = 4
        let root = file.split(separator: "/").dropLast(levels).joined(separator: "/")
        let text = (try? Files.text("/\(root)/systemd/bearerd.catalog")) ?? ""
        entries = text.split(separator: "\n-- ", omittingEmptySubsequences: false).dropFirst().map(Self.entry)
    }

    private static func entry(_ text: Substring) -> Entry {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let header = lines.dropFirst().prefix { !$0.isEmpty }
        let body = lines.dropFirst(1 + header.count).joined(separator: "\n")
        let pairs = header.compactMap { line -> (String, String)? in
            let parts = line.split(separator: ":", maxSplits: 1)
            return parts.count == 2 ? (String(parts[0]), parts[1].drop { $0 == " " }.description) : nil
        }
        return Entry(
            id: String(lines.first ?? ""), header: Dictionary(pairs) { $1 },
            paragraphs: body.split(separator: "\n\n").map { $0.drop { $0 == "\n" }.description })
    }
}
