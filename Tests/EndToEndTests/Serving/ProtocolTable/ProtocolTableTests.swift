import AuthServerSimulator
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The protocol's documentation")
    struct ProtocolTableTests {
        @Test("the file for programs, protocol-lines.json, has the lines of its tables, and no others")
        func linesFile() throws {
            let rows = try ProtocolTable(markdown: Files.text(Self.path)).rows
            let text = try Files.text(Self.linesPath)
            let expected = LinesFile.text(of: rows)
            if text != expected {
                try Files.write(expected, to: Self.newLinesPath)
                Issue.record("\(Self.linesPath) is not of this page; \(Self.newLinesPath) is")
            }
            let lines = try LinesReader.lines(in: text)
            #expect(lines.count == rows.count)
            for (row, line) in zip(rows, lines) {
                #expect(row.sent == line.sent && row.answered == line.answered, "line \(row.number) of \(Self.path)")
            }
        }

        @Test("every line of its tables is answered as it says")
        func table() async throws {
            let rows = try ProtocolTable(markdown: Files.text(Self.path)).rows
            #expect(rows.count > 140)
            try await Host.run(.lifetime(86_400)) { host in
                let daemon = try await host.start()
                for row in rows {
                    let token = try await daemon.token()
                    let answer = try await blocking {
                        try Exchange(daemon.socket, token: token).answer(to: row.sent, like: row.answered)
                    }
                    var matcher = AnswerMatcher(answer)
                    let difference = matcher.difference(from: row.answered)
                    #expect(difference == nil, "line \(row.number) of \(Self.path)")
                    #expect(matcher.tokens.allSatisfy(host.simulator.isValid), "line \(row.number)")
                }
            }
        }

        private static let root = "/" + #filePath.split(separator: "/").dropLast(5).joined(separator: "/")
        private static let path = "\(root)/Sources/BearerProtocol/BearerProtocol.docc/Protocol.md"
        private static let linesPath = "\(root)/systemd/examples/protocol-lines.json"
        private static let newLinesPath = "\(root)/.build/protocol-lines.json"
    }
}

/// One connection that sends what a row says and collects what comes back.
private struct Exchange {
    private let connection: Connection
    private let token: String

    private static let lastAnswer = Array(#","id":"the connection goes on"}"#.utf8) + [UInt8(ascii: "\n")]

    /// - Parameter token: what `⟨token⟩` stands for in what is sent.
    init(_ path: String, token: String) throws {
        connection = try Connection(to: path)
        self.token = token
    }

    /// All that comes. That a connection goes on is seen by an answer to one more request, which comes next and is left
    /// out.
    func answer(to sent: [Notation], like expected: [Notation]) throws -> [UInt8] {
        try send(sent)
        var answer: [UInt8] = []
        if expected.last == .closed {
            while case let line = try connection.rawLine(), !line.isEmpty { answer += line }
            return answer
        }
        try connection.send(#"{"op":"ping","id":"the connection goes on"}"# + "\n")
        while case let line = try connection.rawLine(), !line.isEmpty {
            if line.suffix(Self.lastAnswer.count) == Self.lastAnswer[...] { return answer }
            answer += line
        }
        return answer + Array("⟨closed⟩".utf8)
    }

    private func send(_ parts: [Notation]) throws {
        var isBytewise = false
        for part in parts {
            switch part {
            case .bytes(let bytes): try send(bytes, isBytewise)
            case .placeholder(.token): try send(Array(token.utf8), isBytewise)
            case .packet: try connection.awaitTaken()
            case .singleBytes: isBytewise = true
            case .end: connection.halfClose()
            case .closed, .placeholder: throw Notation.Mistake(text: "a request says how something is answered")
            }
        }
    }

    private func send(_ bytes: [UInt8], _ isBytewise: Bool) throws {
        guard isBytewise else { return try connection.send(bytes) }
        for byte in bytes {
            try connection.send([byte])
            try connection.awaitTaken()
        }
    }
}
