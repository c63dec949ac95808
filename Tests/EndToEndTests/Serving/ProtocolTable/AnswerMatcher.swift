import Glibc

/// Compares what came with what the table says, byte by byte; a placeholder takes the longest run of what it stands for.
struct AnswerMatcher {
    private var rest: ArraySlice<UInt8>
    /// The tokens that came where the table has `⟨token⟩`.
    private(set) var tokens: [String] = []

    init(_ answer: [UInt8]) {
        rest = answer[...]
    }

    /// Nil if all of it is as expected, else what is not.
    mutating func difference(from expected: [Notation]) -> String? {
        for part in expected {
            switch part {
            case .bytes(let bytes):
                guard rest.starts(with: bytes) else { return unexpected("“\(String(decoding: bytes, as: UTF8.self))”") }
                rest = rest.dropFirst(bytes.count)
            case .placeholder(let placeholder):
                let found = String(decoding: rest.prefix { placeholder.allows($0) }, as: UTF8.self)
                guard placeholder.accepts(found) else { return unexpected("⟨\(placeholder.rawValue)⟩") }
                if placeholder == .token { tokens.append(found) }
                rest = rest.dropFirst(found.utf8.count)
            case .closed: break
            case .packet, .singleBytes, .end: return "the answer of the table says how something is sent"
            }
        }
        return rest.isEmpty ? nil : unexpected("nothing more")
    }

    private func unexpected(_ expected: String) -> String {
        "found “\(String(decoding: rest, as: UTF8.self))”, expected \(expected)"
    }
}

extension Notation.Placeholder {
    private static let digits = Array("0123456789".utf8)

    fileprivate func allows(_ byte: UInt8) -> Bool {
        switch self {
        case .number, .time: Self.digits.contains(byte)
        case .version: Self.digits.contains(byte) || byte == UInt8(ascii: ".")
        case .token, .text: byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
        }
    }

    fileprivate func accepts(_ text: String) -> Bool {
        switch self {
        // Within two days of now: the token of the table lasts for one.
        case .time: Int(text).map { abs($0 - Glibc.time(nil)) < 2 * 86_400 } ?? false
        case .version: text.split(separator: ".", omittingEmptySubsequences: false).count == 3
        case .token, .number, .text: !text.isEmpty
        }
    }
}
