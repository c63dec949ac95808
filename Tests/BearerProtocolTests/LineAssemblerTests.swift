import BearerProtocol
import TestSupport
import Testing

@Suite struct LineAssemblerTests {
    @Test(
        "what comes in is cut into lines, whether it comes at once or byte by byte",
        arguments: [
            ("", []),
            ("a\n", ["a"]),
            ("a\r\n", ["a"]),
            ("a", ["a"]),
            ("a\r", ["a"]),
            ("\n", [""]),
            ("\r\n", [""]),
            ("\n\na\n\n", ["", "", "a", ""]),
            ("a\rb\n", ["a\rb"]),
            ("a\r\r\n", ["a\r"]),
            ("a\nb\r\nc", ["a", "b", "c"]),
            ("\0\n\u{1}", ["\0", "\u{1}"]),
            ("12345678\n", ["12345678"]),
            ("12345678\r\n", ["12345678"]),
            ("12345678", ["12345678"]),
            ("12345678\r", ["12345678"]),
            ("123456789\n", [nil]),
            ("123456789", [nil]),
            ("12345678\r1\n", [nil]),
            ("12345678\r\r\n", [nil]),
            ("a\n123456789\nb\n", ["a", nil]),
            ("a\n123456789012345678901234567890", ["a", nil]),
        ] as [(String, [String?])])
    func lines(input: String, expected: [String?]) {
        let bytes = Array(input.utf8)
        for size in 1...max(1, bytes.count) {
            #expect(cut(bytes, limit: 8) { _ in size } == expected, "in chunks of \(size)")
        }
    }

    @Test("however the input is cut, the lines are the same", arguments: 0..<500 as Range<UInt64>)
    func anyChunks(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let count = Int.random(in: 0...80, using: &generator)
        let input = (0..<count).map { _ in Array("ab\r\n".utf8).randomElement(using: &generator) ?? 0 }
        let whole = cut(input, limit: 12) { $0 }
        let pieces = cut(input, limit: 12) { .random(in: 1...$0, using: &generator) }
        #expect(pieces == whole)
    }

    @Test("a line that never ends is refused as soon as it is too long, and nothing of it is kept")
    func tooLarge() {
        var assembler = LineAssembler(limit: 4)
        append("1234", to: &assembler)
        #expect(assembler.next() == nil)
        append("5", to: &assembler)
        #expect(assembler.next() == .tooLarge)
        for _ in 0..<3 { append(String(repeating: "x", count: 1000), to: &assembler) }
        #expect(assembler.count == 0)
        #expect(assembler.next() == .tooLarge)
        #expect(assembler.finish() == .tooLarge)
    }

    @Test("the count tells whether a line has begun")
    func count() {
        var assembler = LineAssembler(limit: 8)
        #expect(assembler.count == 0)
        append("a\nbc", to: &assembler)
        #expect(assembler.next() == .complete([UInt8(ascii: "a")]))
        #expect(assembler.next() == nil)
        #expect(assembler.count == 2)
        #expect(assembler.finish() == .complete(Array("bc".utf8)[...]))
        #expect(assembler.count == 0)
        #expect(assembler.finish() == nil)
    }

    @Test("a megabyte in small pieces is scanned once")
    func notQuadratic() {
        let limit = 1 << 20
        var assembler = LineAssembler(limit: limit)
        let piece = String(repeating: "x", count: 16)
        let elapsed = ContinuousClock().measure {
            for _ in 0..<(limit / 16) {
                append(piece, to: &assembler)
                #expect(assembler.next() == nil)
            }
        }
        append("\n", to: &assembler)
        guard case .complete(let line)? = assembler.next() else {
            Issue.record("no line")
            return
        }
        #expect(line.count == limit)
        // Scanning anew for each of 65,536 pieces would take minutes.
        #expect(elapsed < .seconds(10))
    }
}

private func append(_ text: String, to assembler: inout LineAssembler) {
    Array(text.utf8).withUnsafeBytes { assembler.append($0) }
}

/// The lines that come out, nil for one that is too large; `size` gives the size of the next chunk, up to the rest.
private func cut(_ input: [UInt8], limit: Int, _ size: (Int) -> Int) -> [String?] {
    var assembler = LineAssembler(limit: limit)
    var lines: [String?] = []
    var rest = input[...]
    while !rest.isEmpty {
        let chunk = rest.prefix(size(rest.count))
        rest = rest.dropFirst(chunk.count)
        chunk.withUnsafeBytes { assembler.append($0) }
        while let line = assembler.next() {
            guard note(line, in: &lines) else { return lines }
        }
    }
    if let line = assembler.finish() { _ = note(line, in: &lines) }
    return lines
}

/// False if nothing further comes.
private func note(_ line: LineAssembler.Line, in lines: inout [String?]) -> Bool {
    switch line {
    case .complete(let bytes):
        lines.append(String(decoding: bytes, as: UTF8.self))
        return true
    case .tooLarge:
        lines.append(nil)
        return false
    }
}
