import BearerProtocol
import TestSupport
import Testing

@Suite struct RequestFuzzTests {
    @Test("random bytes are refused with an answer that is one line", arguments: 0..<2000 as Range<UInt64>)
    func randomBytes(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let count = Int.random(in: 0...64, using: &generator)
        judge((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    @Test(
        "a damaged request is a request or refused with an answer that is one line",
        arguments: 0..<3000 as Range<UInt64>)
    func damaged(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var line: [UInt8] = []
        Request.random(using: &generator).encode(into: &line)
        line.removeLast()
        for _ in 0...Int.random(in: 0...2, using: &generator) {
            let place = Int.random(in: 0..<line.count, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: line[place] = .random(in: 0...255, using: &generator)
            case 1: line.insert(Array(#"{}[]",:\0"#.utf8).randomElement(using: &generator) ?? 0, at: place)
            default: line.removeSubrange(place..<min(place + 3, line.count))
            }
            if line.isEmpty { break }
        }
        judge(line)
    }

    /// A request must survive being written again; a refusal must be an answer that a client can read.
    private func judge(_ line: [UInt8]) {
        var output: [UInt8] = []
        switch parse(line) {
        case .success(let request):
            request.encode(into: &output)
            #expect(parse(output.dropLast()) == .success(request))
        case .failure(let error):
            error.reply.encode(id: error.id, into: &output)
            #expect(output.firstIndex(of: UInt8(ascii: "\n")) == output.count - 1)
            let reply = try? Reply.parse(line: output.dropLast())
            #expect(reply == .error(ErrorReply(.invalidRequest, error.description)))
        }
    }
}
