/// What came back on a connection, and how that ended.
struct WireReply: Sendable {
    enum End: Sendable, Equatable {
        /// The reply was complete by its Content-Length.
        case complete
        /// FIN.
        case closed
        /// RST.
        case reset
    }

    var bytes: [UInt8] = []
    var end = End.closed

    private var text: String { String(decoding: bytes, as: UTF8.self) }

    private var head: Substring? {
        text.firstRange(of: "\r\n\r\n").map { text[..<$0.lowerBound] }
    }

    var status: Int? {
        head.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) }
    }

    func header(_ name: String) -> String? {
        let prefix = name.lowercased() + ": "
        return head?.split(separator: "\r\n").first { $0.lowercased().hasPrefix(prefix) }
            .map { String($0.dropFirst(prefix.count)) }
    }

    var body: String {
        text.firstRange(of: "\r\n\r\n").map { String(text[$0.upperBound...]) } ?? ""
    }

    var isComplete: Bool {
        guard let length = header("Content-Length").flatMap({ Int($0) }) else { return false }
        return body.utf8.count >= length
    }
}
