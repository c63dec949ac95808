/// The signed statement that a registration presents: a JWS in compact serialization, RFC 7515 section 7.1 and
/// RFC 7591 section 2.3. Only its form is checked here; what it says is between the server and its issuer.
package struct SoftwareStatement: Sendable, Equatable {
    /// The bytes as they are sent: three base64url parts joined by two periods.
    package let secret: Secret

    /// Takes what people keep in files: a byte order mark, white space and quotes around the statement are dropped.
    package init(cleaning pasted: Secret) throws(SoftwareStatementError) {
        secret = try pasted.withBytes { (bytes) throws(SoftwareStatementError) in
            let statement = PastedText.trimmed(bytes, quotes: true)
            do throws(SoftwareStatementError) {
                try Self.checkForm(of: statement, at: statement.startIndex - bytes.startIndex)
            } catch {
                throw Self.explanation(of: statement) ?? error
            }
            return Secret(statement)
        }
    }

    /// - Parameter start: where it begins in the file.
    private static func checkForm<Bytes: RandomAccessCollection<UInt8>>(
        of statement: Bytes, at start: Int
    ) throws(SoftwareStatementError) {
        guard !statement.isEmpty else { throw .empty }
        for (offset, byte) in statement.enumerated() where !isBase64URL(byte) && byte != period {
            throw .unexpectedByte(offset: start + offset, kind: .init(byte))
        }
        let parts = statement.split(separator: period, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .partCount(parts.count) }
        for (index, part) in parts.enumerated() {
            guard !part.isEmpty else { throw .emptyPart(index + 1) }
            guard part.count % 4 != 1 else { throw .truncatedPart(index + 1) }
        }
    }

    /// What people are known to paste in the place of a statement; `nil` for anything else.
    private static func explanation(of text: Slice<UnsafeRawBufferPointer>) -> SoftwareStatementError? {
        if let lookalike = StatementLookalike(text) { return .lookalike(lookalike) }
        let breaks: Set = [UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: " "), UInt8(ascii: "\t")]
        guard text.contains(where: breaks.contains) else { return nil }
        var joined: [UInt8] = []
        joined.reserveCapacity(text.count)
        defer { Secret.wipe(&joined) }
        // Mail programs end a line that they break with a '='.
        for byte in text where !breaks.contains(byte) && byte != UInt8(ascii: "=") { joined.append(byte) }
        guard (try? checkForm(of: joined, at: 0)) != nil else { return nil }
        return .broken(lines: text.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }.count)
    }

    private static let period = UInt8(ascii: ".")

    private static func isBase64URL(_ byte: UInt8) -> Bool {
        ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}
