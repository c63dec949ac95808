import BearerCore
import TestSupport
import Testing

@Suite struct RegistrationRecordTests {
    /// One reading of a record that was written at the origin, an hour after its times.
    struct Reading: CustomTestStringConvertible {
        let name: String
        /// The boots in which it was written and read; `nil` where it is not known.
        let written: String?
        let read: String?
        /// The clocks when it is read, in seconds after the origin; the origin is an hour after the boot.
        let boot: Double
        let wall: Double
        /// How long ago the times must seem, in seconds.
        let age: Double

        init(_ name: String, _ written: String?, _ read: String?, boot: Double, wall: Double, age: Double) {
            (self.name, self.written, self.read, self.boot, self.wall, self.age) = (
                name, written, read, boot, wall, age
            )
        }

        var testDescription: String { name }
    }

    static let readings = [
        Reading("the same boot, at once", "a", "a", boot: 0, wall: 0, age: 3_600),
        Reading("the same boot, later", "a", "a", boot: 500, wall: 500, age: 4_100),
        Reading("the same boot, the wall clock a day ahead", "a", "a", boot: 500, wall: 86_900, age: 4_100),
        Reading("the same boot, the wall clock ten years back", "a", "a", boot: 500, wall: -315_360_000, age: 4_100),
        Reading("the same boot, restored to before the times", "a", "a", boot: -3_601, wall: 500, age: 0),
        Reading("a later boot, a minute old", "a", "b", boot: -3_540, wall: 7_200, age: 10_800),
        Reading(
            "a later boot, older than the times by the wall clock", "a", "b", boot: 20_000, wall: 7_200, age: 23_600),
        Reading("a later boot, the times in the future", "a", "b", boot: -3_540, wall: -7_200, age: 60),
        Reading("a later boot, the wall clock at 1970", "a", "b", boot: -3_540, wall: -1_799_999_940, age: 60),
        Reading("a later boot, the wall clock far ahead", "a", "b", boot: -3_540, wall: 1e9, age: 86_400),
        Reading("an unknown boot", nil, "b", boot: 0, wall: 7_200, age: 10_800),
        Reading("an unknown boot, the times in the future", nil, "b", boot: 0, wall: -7_200, age: 0),
        Reading("no id of this boot", "a", nil, boot: 0, wall: 7_200, age: 10_800),
        Reading("no id of this boot, the times in the future", "a", nil, boot: 0, wall: -7_200, age: 0),
    ]

    @Test("how long ago something was is measured by the right clock", arguments: readings)
    func reading(_ reading: Reading) {
        // Within the last day, so that the replacement is still remembered.
        let history = RegistrationHistory(unanswered: 3, lastIntent: .zero, lastReplacement: .zero)
        let record = RegistrationRecord(history, bootID: reading.written, at: .origin)
        let now = ClockReading.at(boot: reading.boot, wall: reading.wall)
        let read = RegistrationHistory(record, bootID: reading.read, at: now)
        let time = now.boot - .seconds(reading.age)
        #expect(read.unanswered == 3)
        #expect(read.lastIntent == time)
        #expect(read.lastReplacement == (reading.age < 86_400 ? time : nil))
    }

    @Test("a replacement is forgotten when it forbids no other", arguments: [86_399.0, 86_400])
    func forgotten(age: Double) {
        let history = RegistrationHistory(lastReplacement: ClockReading.origin.boot - .seconds(age))
        let record = RegistrationRecord(history, bootID: "a", at: .origin)
        #expect(
            RegistrationHistory(record, bootID: "a", at: .origin).lastReplacement
                == (age < 86_400 ? history.lastReplacement : nil))
    }

    @Test("a record has wall clock times in whole seconds, and the boot only where there are times")
    func form() {
        let boot = ClockReading.origin.boot
        let history = RegistrationHistory(
            unanswered: 2, lastIntent: boot - .seconds(5), lastReplacement: boot - .seconds(9))
        let wall = ClockReading.origin.unixSeconds
        let record = RegistrationRecord(history, bootID: "a", at: .origin)
        #expect(
            record
                == RegistrationRecord(
                    unanswered: 2, lastIntentAt: wall - 5, lastReplacementAt: wall - 9, bootID: "a",
                    bootedAt: wall - 3_600))
        #expect(RegistrationRecord(history, bootID: nil, at: .origin).bootedAt == nil)
        let empty = RegistrationRecord(RegistrationHistory(unanswered: 1), bootID: "a", at: .origin)
        #expect(empty == RegistrationRecord(unanswered: 1))
        let onlyReplaced = RegistrationHistory(lastReplacement: boot)
        #expect(RegistrationRecord(onlyReplaced, bootID: "a", at: .origin).bootID == "a")
    }

    @Test("the start of the boot is rounded down", arguments: [(0.0, 0), (0.5, 0), (-0.5, -1), (-1, -1), (-1.5, -2)])
    func start(offset: Double, bootedAt: Int64) {
        let now = ClockReading(boot: .seconds(10), wall: .seconds(10) + .seconds(offset))
        let record = RegistrationRecord(RegistrationHistory(lastIntent: .zero), bootID: "a", at: now)
        #expect(record.bootedAt == bootedAt)
    }

    @Test("a count without end, or one that makes no sense, does no harm", arguments: [-5, .min, 1_000_001, .max])
    func counts(unanswered: Int) {
        let record = RegistrationRecord(unanswered: unanswered, lastIntentAt: .max)
        let read = RegistrationHistory(record, bootID: "a", at: .origin)
        #expect(read.unanswered == (unanswered < 0 ? 0 : 1_000_000))
        #expect(read.lastIntent == ClockReading.origin.boot)
    }

    @Test("numbers that no clock shows do no harm", arguments: [Int64.min, .max, 0, -1])
    func extremes(number: Int64) {
        for other in [Int64.min, .max, 0] {
            let record = RegistrationRecord(
                unanswered: 3, lastIntentAt: number, lastReplacementAt: number, bootID: "a", bootedAt: other)
            for boot in ["a", "b"] {
                let read = RegistrationHistory(record, bootID: boot, at: .origin)
                #expect(read.mayReplace(at: ClockReading.origin.boot + .seconds(86_400)))
                #expect(read.hold(at: ClockReading.origin.boot) <= .seconds(60))
                // Set as far as a clock can be, and back.
                for wall in [-1_800_000_000.0, 1e10] {
                    let written = RegistrationRecord(read, bootID: boot, at: .at(boot: 5, wall: wall))
                    #expect(written.unanswered == 3)
                }
            }
        }
    }

    @Test(
        "writing and reading within a boot never makes a wait shorter, and longer by less than 2 s",
        arguments: UInt64(0)..<200)
    func rounding(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let time = Duration.seconds(Double.random(in: -80_000..<3_600, using: &random))
        let offset = Duration.seconds(Double.random(in: -5_000..<2e9, using: &random))
        let written = ClockReading(boot: .seconds(3_600), wall: .seconds(3_600) + offset)
        let record = RegistrationRecord(RegistrationHistory(lastReplacement: time), bootID: "a", at: written)
        let later = ClockReading(boot: .seconds(3_700), wall: .seconds(Double.random(in: 0..<2e9, using: &random)))
        let read = RegistrationHistory(record, bootID: "a", at: later).lastReplacement ?? .zero
        #expect(read >= time)
        #expect(read < time + .seconds(2))
    }
}
