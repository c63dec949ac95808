import BearerCore
import TestSupport
import Testing

@testable import BearerService

@Suite("Times for people") struct WallTimeTests {
    @Test(
        "a duration is written in its two largest units",
        arguments: [
            (Duration.seconds(-5), "0 s"), (.zero, "0 s"), (.milliseconds(999), "0 s"), (.seconds(1), "1 s"),
            (.seconds(59), "59 s"), (.seconds(60), "1 min"), (.seconds(61), "1 min 1 s"),
            (.seconds(3599), "59 min 59 s"),
            (.seconds(3600), "1 h"), (.seconds(3659), "1 h"), (.seconds(3660), "1 h 1 min"),
            (.seconds(69_120), "19 h 12 min"), (.seconds(86_400), "1 d"), (.seconds(86_399), "23 h 59 min"),
            (.seconds(183_600), "2 d 3 h"), (.seconds(30 * 86_400), "30 d"),
        ])
    func durations(duration: Duration, text: String) {
        #expect(duration.text == text)
    }

    @Test(
        "what is shown for a while is written in minutes",
        arguments: [
            (Duration.zero, "less than a minute"), (.seconds(59), "less than a minute"), (.seconds(60), "1 min"),
            (.seconds(119), "1 min"), (.seconds(3_599), "59 min"), (.seconds(3_660), "1 h 1 min"),
            (.seconds(183_600), "2 d 3 h"),
        ])
    func minutes(duration: Duration, text: String) {
        #expect(duration.minutesText == text)
    }

    @Test("a time is written by the wall clock")
    func moments() {
        let moment = ClockReading(boot: .zero, wall: .seconds(1_700_000_000))
        let text = moment.wallText
        #expect(text.hasPrefix("2023-11-1") && text.count == 19 && text.hasSuffix(":20"))
        #expect(text.dropFirst(11).prefix(5) == moment.wallTimeOfDay)
    }
}
