internal import BearerProtocol

/// The lines that come from the daemon.
struct DaemonLines: Sendable {
    private var assembler = LineAssembler(limit: longest)

    /// Bytes; far more than the status of a thousand profiles.
    private static let longest = 1 << 20

    mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { assembler.append($0) }
    }

    /// The next line without its ending; nil when it has not come whole.
    mutating func next() throws(BearerError) -> [UInt8]? {
        switch assembler.next() {
        case .complete(let line): Array(line)
        case .tooLarge: throw .unexpectedReply("a line of more than \(Self.longest) bytes")
        case nil: nil
        }
    }
}
