import AuthServerSimulator
import BearerCore
import TestSupport
import Testing

@testable import BearerService

extension TestBroker {
    /// Waits until nothing is in flight: what is not sent yet waits for the clock.
    func settle() async {
        await eventually("every exchange is answered") { await broker.sentCount == 0 }
    }

    /// Lets time pass on both clocks, in steps, until `isOver`; what is due in between happens.
    func live(_ duration: Duration, step: Duration, until isOver: () async -> Bool = { false }) async {
        var lived = Duration.zero
        await eventually("the broker has begun") { await broker.hasBegun }
        await settle()
        while lived < duration {
            if await isOver() { return }
            await advance(by: step)
            await settle()
            lived += step
        }
    }

    /// A step of the wall clock, of which the kernel tells the alarm.
    func stepWall(by duration: Duration) async {
        clock.stepWall(by: duration)
        await broker.doWhatIsDue()
        await settle()
    }

    var registrations: Int { server.calls(to: .register).count }
    var tokenRequests: Int { server.calls(to: .token).count }
}

extension SimulatorClock {
    /// A server that lives in the time of a test.
    init(_ clock: TestClock) {
        self.init { clock.now().boot }
    }
}
