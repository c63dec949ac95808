/// Why bytes are not a software statement. Tells positions and kinds, never content.
package enum SoftwareStatementError: Error, Sendable, Equatable {
    case empty
    /// It would be one without the white space in it; how many lines there are.
    case broken(lines: Int)
    case lookalike(StatementLookalike)
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
        let expectation = "expected a compact JWS: three base64url parts joined by periods, on one line"
        return "\(finding); \(expectation)"
    }

    private var finding: String {
        switch self {
        case .empty: "nothing but white space and quotes was found"
        case .broken(1): "the statement has white space in it"
        case .broken(let lines): "the statement is broken into \(lines) lines, as mail programs break long ones"
        case .lookalike(let lookalike): lookalike.rawValue
        case .unexpectedByte(let offset, let kind): "\(kind.rawValue) was found at byte \(offset)"
        case .partCount(let count): count == 1 ? "no period was found" : "\(count) parts were found"
        case .emptyPart(let part): "part \(part) is empty"
        case .truncatedPart(let part): "part \(part) is incomplete: a character is missing or too many"
        }
    }

    /// What to do about it. Not all of the reasons have a remedy other than to copy the statement again.
    ///
    /// - Parameter path: the file that the statement came from.
    package func remedy(path: String) -> String {
        let file = ShellWord.quoted(path)
        return switch self {
        case .broken: "join it: sed -i -z 's/[[:space:]=]//g' \(file)"
        case .lookalike(let lookalike): lookalike.remedy(file: file)
        case .empty, .unexpectedByte, .partCount, .emptyPart, .truncatedPart:
            "copy the statement from the TVE Dashboard again, whole, into \(file)"
        }
    }
}
