import AuthServerSimulator
import Testing

@Suite("Faults as JSON")
struct FaultOrderTests {
    @Test(
        "each fault has its JSON",
        arguments: [
            (#""answer""#, Fault.answer), (#""hang""#, .hang), (#""reset""#, .reset), (#""html""#, .html),
            (#""empty""#, .empty), (#""throttled""#, .throttled),
            (#"{"status":503}"#, .status(503)),
            (#"{"status":503,"headers":{"A":"b"},"body":"x"}"#, .status(503, headers: ["A": "b"], body: "x")),
            (#"{"error":"invalid_client"}"#, .error("invalid_client")),
            (#"{"redirect":"/x"}"#, .redirect(to: "/x")),
            (#"{"redirect":"/x","status":302}"#, .redirect(to: "/x", status: 302)),
            (#"{"raw":"abc"}"#, .raw(Array("abc".utf8))),
            (#"{"body":"abc"}"#, .body("abc")),
            (#"{"body":"abc","content_type":"text/plain"}"#, .body("abc", contentType: "text/plain")),
            (#"{"huge":1073741824}"#, .huge(bytes: 1_073_741_824)),
            (#"{"delay":1500}"#, .delay(.milliseconds(1_500))),
            (#"{"drip":100}"#, .drip(every: .milliseconds(100))),
            (#"{"drip":100,"bytes":7}"#, .drip(bytes: 7, every: .milliseconds(100))),
            (#"{"reset_after":0}"#, .resetAfter(bytes: 0)),
            (#"{"truncated":20}"#, .truncated(bytes: 20)),
            (#"{"expires_in":"3600"}"#, .lifetime(json: "\"3600\"")),
            (#"{"expires_in":1e3}"#, .lifetime(json: "1e3")),
        ])
    func read(_ json: String, _ fault: Fault) throws {
        let order = try FaultOrder(json: Array(#"{"endpoint":"token","faults":[\#(json)],"then":\#(json)}"#.utf8))
        #expect(order.endpoint == .token)
        #expect(order.faults == [fault])
        #expect(order.then == fault)
    }

    @Test(
        "what is not understood is refused with the place",
        arguments: [
            ("", "not JSON"), ("[]", "expected an object"), ("{}", "endpoint"),
            (#"{"endpoint":"tokens"}"#, "tokens"), (#"{"endpoint":"token","fault":[]}"#, "fault"),
            (#"{"endpoint":"token","faults":{}}"#, "array"), (#"{"endpoint":"token","faults":["hangs"]}"#, "hangs"),
            (#"{"endpoint":"token","faults":[5]}"#, "a number"), (#"{"endpoint":"token","then":{}}"#, "none of"),
            (#"{"endpoint":"token","then":{"status":"503"}}"#, "status"),
            (#"{"endpoint":"token","then":{"status":503,"delay":1}}"#, "delay"),
            (#"{"endpoint":"token","then":{"status":503,"headers":[]}}"#, "headers"),
            (#"{"endpoint":"token","then":{"delay":-1}}"#, "delay"),
            (#"{"endpoint":"token","then":{"delay":0.5}}"#, "delay"),
        ])
    func refused(_ json: String, _ place: String) {
        let error = #expect(throws: SimulatorError.self) { try FaultOrder(json: Array(json.utf8)) }
        #expect(error?.description.contains(place) == true)
    }
}
