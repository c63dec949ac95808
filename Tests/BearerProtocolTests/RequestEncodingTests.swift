import BearerCore
import BearerProtocol
import TestSupport
import Testing

@Suite struct RequestEncodingTests {
    @Test(
        "a request is written without what is usual",
        arguments: [
            (Request(.token(TokenRequest())), #"{"op":"token"}"#),
            (
                Request(
                    id: RequestID("a"), .token(TokenRequest(profile: "tv", minimumValidity: .seconds(60), wait: .zero))),
                #"{"op":"token","profile":"tv","min_valid":60,"wait":0,"id":"a"}"#
            ),
            (Request(.renew(RenewRequest(rejected: Secret("a/b=")))), #"{"op":"renew","rejected":"a/b="}"#),
            (Request(.watch(profile: nil)), #"{"op":"watch"}"#),
            (Request(.status(profile: "tv")), #"{"op":"status","profile":"tv"}"#),
            (Request(id: RequestID(7), .ping), #"{"op":"ping","id":7}"#),
            (Request(.reload), #"{"op":"reload"}"#),
            (Request(.register(profile: "tv", force: true)), #"{"op":"register","profile":"tv","force":true}"#),
            (Request(.export(profile: "tv")), #"{"op":"export","profile":"tv"}"#),
        ])
    func written(request: Request, line: String) {
        #expect(text { request.encode(into: &$0) } == line + "\n")
    }

    @Test("what a client writes is what the daemon reads", arguments: 0..<500 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let request = Request.random(using: &generator)
        var line: [UInt8] = []
        request.encode(into: &line)
        #expect(line.popLast() == UInt8(ascii: "\n"))
        #expect(!line.contains(UInt8(ascii: "\n")))
        #expect(try Request.parse(line: line[...]) == request)
    }
}
