import BearerProtocol
import Testing

@Suite struct RequestIDTests {
    @Test(
        "an id is echoed byte by byte",
        arguments: [
            "0", "-0", "17", "-9223372036854775809", "123456789012345678901234567890123456789012345678901234567890",
            #""""#, #""a""#, #""\u0061""#, #""\/é漢😀\ud83d\ude00\u0000""#, "\"e\u{301}\"", #""\"\\""#, "\"\u{7F}\"",
        ])
    func echo(id: String) throws {
        let request = try parse(Array(#"{"op":"ping","id":\#(id)}"#.utf8)).get()
        #expect(
            text { ShortReply.pong(version: "1").encode(id: request.id, into: &$0) }.utf8.elementsEqual(
                "{\"pong\":true,\"version\":\"1\",\"id\":\(id)}\n".utf8))
    }

    @Test(
        "the id of a refused line is echoed if it could be read",
        arguments: [
            (#"{"id":1,"op":"nope"}"#, "1"),
            (#"{"op":"nope","id":1}"#, "1"),
            (#"{"op":"ping","x":[],"id":"a"}"#, #""a""#),
            (#"{"op":"ping","wait":"x","id":"a"}"#, #""a""#),
            (#"{"id":1,"op":"ping","id":2}"#, "1"),
            (#"{"id":1,"op":"ping""#, "1"),
            (#"{"op":"ping",,"id":1}"#, nil),
            (#"{"op":"ping","id":1.5}"#, nil),
            (#"{"op":"ping","id":{"id":1}}"#, nil),
            (#"{"op":"nope"}"#, nil),
            (#"[1]"#, nil),
        ] as [(String, String?)])
    func echoOfRefused(line: String, id: String?) {
        let outcome = parse(Array(line.utf8))
        guard case .failure(let error) = outcome else {
            Issue.record("accepted")
            return
        }
        #expect(error.id?.json == id)
        let echoed = id.map { ",\"id\":\($0)}\n" } ?? "}\n"
        #expect(text { error.reply.encode(id: error.id, into: &$0) }.hasSuffix(echoed))
    }

    @Test("a client's id is written as JSON")
    func written() {
        #expect(RequestID(-5).json == "-5")
        #expect(RequestID("a\"b\n").json == #""a\"b\n""#)
        #expect(RequestID("é") != RequestID("e\u{301}"))
    }
}
