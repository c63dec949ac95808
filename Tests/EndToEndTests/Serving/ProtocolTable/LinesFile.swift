import BearerJSON

/// The rows of the protocol's tables as JSON, for the tests of clients: systemd/examples/protocol-lines.json. Its members are
/// described in Protocol.md.
enum LinesFile {
    static let format: Int64 = 1

    /// Runs of one ASCII character from this length on are written as a number of times.
    private static let longRun = 30

    /// The file for these rows, a row per line.
    static func text(of rows: [ProtocolTable.Row]) -> String {
        let lines = rows.map { row in
            var json = JSONWriter()
            json.object { json in
                json.key("section")
                json.string(row.section)
                json.key("sent")
                json.array { json in write(row.sent, isSent: true, to: &json) }
                json.key("answered")
                json.array { json in write(row.answered.filter { $0 != .closed }, isSent: false, to: &json) }
                json.key("closed")
                json.bool(row.answered.last == .closed)
            }
            return String(decoding: json.bytes, as: UTF8.self)
        }
        return "{\"format\":\(format),\"lines\":[\n\(lines.joined(separator: ",\n"))\n]}\n"
    }

    private static func write(_ parts: [Notation], isSent: Bool, to json: inout JSONWriter) {
        for part in parts {
            switch part {
            case .bytes(let bytes): write(bytes, to: &json)
            case .placeholder(let placeholder): json.piece(isSent ? "current" : "any", placeholder.rawValue)
            case .packet: json.piece("then", "packet")
            case .singleBytes: json.piece("then", "bytes")
            case .end: json.piece("then", "end")
            case .closed: break
            }
        }
    }

    private static func write(_ bytes: [UInt8], to json: inout JSONWriter) {
        var rest = bytes[...]
        var plain: [UInt8] = []
        while let byte = rest.first {
            let run = rest.prefix { $0 == byte }
            rest = rest.dropFirst(run.count)
            guard run.count >= longRun, byte < 0x80 else {
                plain += run
                continue
            }
            json.bytes(plain)
            plain = []
            json.object { json in
                json.key("repeat")
                json.string(String(UnicodeScalar(byte)))
                json.key("times")
                json.integer(run.count)
            }
        }
        json.bytes(plain)
    }
}

extension JSONWriter {
    fileprivate mutating func piece(_ key: String, _ value: String) {
        object { json in
            json.key(key)
            json.string(value)
        }
    }

    fileprivate mutating func bytes(_ bytes: [UInt8]) {
        if let text = String(validating: bytes, as: UTF8.self) {
            if !text.isEmpty { string(text) }
        } else {
            piece("hex", bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
        }
    }
}
