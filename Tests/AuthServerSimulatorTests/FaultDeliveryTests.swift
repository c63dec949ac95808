import Testing

@testable import AuthServerSimulator

@Suite("Faults as steps")
struct FaultDeliveryTests {
    private static let reply = HTTPReply(status: 201, contentType: "text/plain", text: "hello")
    private static let bytes = reply.bytes(keepAlive: true)

    private func steps(of fault: Fault, keepAlive: Bool = true) -> [DeliveryStep] {
        fault.steps(keepAlive: keepAlive, success: 201) { Self.reply }
    }

    @Test("a delay pauses before the first byte")
    func delay() {
        #expect(steps(of: .delay(.seconds(3))) == [.pause(.seconds(3)), .send(Self.bytes)])
    }

    @Test("a drip pauses between its pieces, which make up the whole answer", arguments: [1, 7, 1_000])
    func drip(_ size: Int) {
        var sent: [[UInt8]] = []
        var pauses = 0
        for step in steps(of: .drip(bytes: size, every: .seconds(1))) {
            if case .send(let piece) = step { sent.append(piece) }
            if step == .pause(.seconds(1)) { pauses += 1 }
        }
        #expect(sent.allSatisfy { $0.count <= size })
        #expect(Array(sent.joined()) == Self.bytes)
        #expect(pauses == sent.count - 1)
    }

    @Test(
        "a client that wants the connection closed has it closed",
        arguments: [Fault.answer, .status(503), .drip(every: .zero)])
    func close(_ fault: Fault) {
        #expect(steps(of: fault, keepAlive: false).last == .close)
        #expect(steps(of: fault).last != .close)
    }

    @Test("only the faults that distort the answer let the server act")
    func acts() {
        let replacing: [Fault] = [
            .status(500), .error("invalid_client"), .throttled, .redirect(to: "/"), .hang, .reset, .raw([]), .html,
            .empty, .huge(bytes: 1),
        ]
        let distorting: [Fault] = [
            .answer, .delay(.zero), .drip(every: .zero), .resetAfter(bytes: 0), .truncated(bytes: 0),
            .lifetime(json: "1"),
        ]
        for fault in replacing + distorting {
            var acted = false
            _ = fault.steps(keepAlive: true, success: 201) {
                acted = true
                return Self.reply
            }
            #expect(acted == distorting.contains(fault))
        }
    }
}
