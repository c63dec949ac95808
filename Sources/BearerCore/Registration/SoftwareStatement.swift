/// The signed statement that a registration presents: a JWS in compact serialization, RFC 7515 section 7.1 and
/// RFC 7591 section 2.3. Only its form is checked here; what it says is between the server and its issuer.
package struct SoftwareStatement: Sendable, Equatable {
    /// The bytes as they are sent: three base64url parts joined by two periods.
    package let secret: Secret

    /// Takes what people keep in files: a byte order mark, white space and quotes around the statement are dropped.
    package init(cleaning pasted: Secret) throws(SoftwareStatementError) {
        secret = try pasted.withBytes { (bytes) throws(SoftwareStatementError) in
            let statement = PastedText.trimmed(bytes, quotes: true)
            try Self.checkForm(of: statement, in: bytes)
            return Secret(statement)
        }
    }

    private static func checkForm(
        of statement: Slice<UnsafeRawBufferPointer>, in file: UnsafeRawBufferPointer
    ) throws(SoftwareStatementError) {
        guard !statement.isEmpty else { throw .empty }
        for offset in statement.indices where !isBase64URL(statement[offset]) && statement[offset] != period {
            throw .unexpectedByte(offset: offset - file.startIndex, kind: .init(statement[offset]))
        }
        let parts = statement.split(separator: period, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .partCount(parts.count) }
        for (index, part) in parts.enumerated() {
            guard !part.isEmpty else { throw .emptyPart(index + 1) }
            guard part.count % 4 != 1 else { throw .truncatedPart(index + 1) }
        }
    }

    private static let period = UInt8(ascii: ".")

    private static func isBase64URL(_ byte: UInt8) -> Bool {
        ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}

/// Why bytes are not a software statement. Tells positions and kinds, never content.
package enum SoftwareStatementError: Error, Sendable, Equatable {
    case empty
    /// `offset` counts bytes from the start of the file, from 0.
    case unexpectedByte(offset: Int, kind: ByteKind)
    case partCount(Int)
    /// Parts count from 1: header, payload, signature.
    case emptyPart(Int)
    /// No base64 text has 4n + 1 characters.
    case truncatedPart(Int)

    /// What stands where a base64url character or a period is expected.
    package enum ByteKind: String, Sendable {
        case lineBreak = "a line break"
        case whiteSpace = "white space"
        case quote = "a quote"
        case padding = "a '=', which a JWS leaves out,"
        case plainBase64 = "a '+' or '/', which is base64 but not base64url,"
        case brace = "a brace, as in JSON,"
        case other = "a character"

        init(_ byte: UInt8) {
            self =
                switch byte {
                case UInt8(ascii: "\n"), UInt8(ascii: "\r"): .lineBreak
                case UInt8(ascii: " "), UInt8(ascii: "\t"): .whiteSpace
                case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): .quote
                case UInt8(ascii: "="): .padding
                case UInt8(ascii: "+"), UInt8(ascii: "/"): .plainBase64
                case UInt8(ascii: "{"), UInt8(ascii: "}"): .brace
                default: .other
                }
        }
    }
}

extension SoftwareStatementError: CustomStringConvertible {
    package var description: String {
        let expectation = "a software statement is a compact JWS, three base64url parts joined by periods, on one line"
        return "\(finding); \(expectation)"
    }

    private var finding: String {
        switch self {
        case .empty: "nothing but white space and quotes was found"
        case .unexpectedByte(let offset, let kind): "\(kind.rawValue) was found at byte \(offset)"
        case .partCount(let count): count == 1 ? "no period was found" : "\(count) parts were found"
        case .emptyPart(let part): "part \(part) is empty"
        case .truncatedPart(let part): "part \(part) is incomplete: a character is missing or too many"
        }
    }
}
