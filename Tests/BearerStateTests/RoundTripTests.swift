import BearerCore
import TestSupport
import Testing

@testable import BearerState

/// Whatever the daemon can come to know and writes, it reads back equal. Random values, the extremes among them.
@Suite("Round trips of the state directory") struct RoundTripTests {
    let state: ExampleState
    private static let cases = 100

    init() throws {
        state = try ExampleState()
    }

    private func key(_ random: inout SeededGenerator) throws -> CredentialKey {
        let path = String(repeating: "p", count: Extremes.size(upTo: 300, using: &random))
        return try .example(
            profile: ["default", "0", "a.b-c", String(repeating: "z", count: 32)].randomElement(using: &random) ?? "",
            server: "https://sp.auth.adobe.com/\(path)")
    }

    @Test("credentials, as a file and as what waits for the disk")
    func credentials() throws {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<Self.cases {
            let key = try key(&random)
            let stored = StoredCredentials.random(using: &random)
            try state.directory.credentials(for: key).save(stored)
            #expect(try state.directory.credentials(for: key).load().stored == stored)
            let waiting = UnsavedFile(key: key, contents: .credentials(stored))
            #expect(try UnsavedFile(.credentials, Secret(waiting.encoded())) == waiting)
        }
    }

    @Test("histories, as a file and as what waits for the disk")
    func history() throws {
        var random = SeededGenerator(seed: 2)
        for _ in 0..<Self.cases {
            let key = try key(&random)
            let record = RegistrationRecord.random(using: &random)
            try state.directory.history(for: key).save(record)
            #expect(try state.directory.history(for: key).load(now: .zero).record == record)
            let waiting = UnsavedFile(key: key, contents: .history(record))
            #expect(try UnsavedFile(.history, Secret(waiting.encoded())) == waiting)
        }
    }

    @Test("what waits for the disk is written to the place where it is looked for")
    func saved() throws {
        var random = SeededGenerator(seed: 3)
        let (stored, record) = (
            StoredCredentials.random(using: &random), RegistrationRecord.random(using: &random)
        )
        for contents in [UnsavedFile.Contents.credentials(stored), .history(record)] {
            let waiting = UnsavedFile(key: state.key, contents: contents)
            try UnsavedFile(waiting.part, Secret(waiting.encoded())).save(in: state.directory)
        }
        #expect(try state.store.load().stored == stored)
        #expect(try state.history.load(now: .zero).record == record)
    }

    @Test("what is left of the budget, to a millionth of a second")
    func budget() throws {
        var random = SeededGenerator(seed: 4)
        let file = state.directory.budget
        for _ in 0..<Self.cases {
            let level = [0, .leastNonzeroMagnitude, 1e6, random.unit(), 100 * random.unit()].randomElement(
                using: &random)
            let pause =
                random.chance(3) ? Duration.zero : .nanoseconds(Int64.random(in: 1...256_000_000_000, using: &random))
            let record = BudgetRecord(
                level: level ?? 0,
                writtenAt: .nanoseconds(Extremes.number(in: 0...4_000_000_000_000_000_000, using: &random)),
                pause: pause, wait: pause == .zero ? .zero : pause * random.unit())
            file.save(record)
            let found = try #require(file.load())
            #expect(found.level == record.level)
            for (one, other) in [
                (found.writtenAt, record.writtenAt), (found.pause, record.pause), (found.wait, record.wait),
            ] {
                #expect((one - other).magnitude < .microseconds(1))
            }
        }
    }
}

private enum Extremes {
    /// The least, the greatest, or any other.
    static func number(in range: ClosedRange<Int64>, using random: inout SeededGenerator) -> Int64 {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: range.lowerBound
        case 1: range.upperBound
        default: .random(in: range, using: &random)
        }
    }

    static func size(upTo limit: Int, using random: inout SeededGenerator) -> Int {
        Int(number(in: 1...Int64(limit), using: &random))
    }

    /// Printable ASCII, which is what the daemon takes from a server.
    static func text(upTo limit: Int, using random: inout SeededGenerator) -> String {
        let bytes = (0..<size(upTo: limit, using: &random)).map { _ in UInt8.random(in: 0x20...0x7E, using: &random) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension StoredCredentials {
    fileprivate static func random(using random: inout SeededGenerator) -> StoredCredentials {
        StoredCredentials(
            credentials: ClientCredentials(
                clientID: Extremes.text(upTo: 1_024, using: &random),
                clientSecret: Secret(Extremes.text(upTo: 4_096, using: &random)),
                issuedAt: random.chance(4) ? nil : Extremes.number(in: 0...(.max), using: &random),
                scopes: random.chance(4) ? nil : (0..<(random.chance(8) ? 64 : 2)).map { "scope:\($0)" }),
            registeredAt: Extremes.number(in: 0...(.max), using: &random))
    }
}

extension RegistrationRecord {
    fileprivate static func random(using random: inout SeededGenerator) -> RegistrationRecord {
        func time() -> Int64? { random.chance(3) ? nil : Extremes.number(in: .min ... .max, using: &random) }
        return RegistrationRecord(
            unanswered: Int(Extremes.number(in: 0...(.max), using: &random)), lastIntentAt: time(),
            lastReplacementAt: time(),
            bootID: random.chance(3) ? nil : Extremes.text(upTo: 64, using: &random), bootedAt: time())
    }
}

extension Duration {
    fileprivate var magnitude: Duration { self < .zero ? .zero - self : self }
}
