import BearerClient
import BearerProtocol
import Testing

@Suite("Errors")
struct BearerErrorTests {
    @Test("say what happened, on one line")
    func descriptions() {
        let busy = BearerError.refused(.slowDown, description: "too many", retryAfter: .seconds(3))
        #expect("\(busy)" == "slow_down: too many (ask again in 3 s)")
        #expect(busy.code == .slowDown)
        #expect(busy.retryAfter == .seconds(3))
        let denied = BearerError.permissionDenied(socket: "/s", reason: "no")
        #expect("\(denied)" == "/s: no: are you in the group that owns the socket?")
        #expect(denied.code == nil)
        #expect(denied.retryAfter == nil)
    }

    @Test("may pass, or not")
    func passing() {
        let passing = BearerError.Code.allCases.filter {
            BearerError.refused($0, description: "", retryAfter: nil).mayPass
        }
        #expect(passing == [.slowDown, .temporarilyUnavailable, .registrationRefused, .serverError])
        #expect(BearerError.unavailable(socket: "", reason: "").mayPass)
        #expect(BearerError.connectionLost.mayPass && BearerError.timedOut.mayPass)
        #expect(!BearerError.permissionDenied(socket: "", reason: "").mayPass)
        #expect(!BearerError.unexpectedReply("").mayPass && !BearerError.cancelled.mayPass)
    }

    @Test("have every word of the protocol")
    func codes() {
        #expect(BearerError.Code.allCases.map(\.rawValue) == ErrorCode.allCases.map(\.rawValue))
    }
}
