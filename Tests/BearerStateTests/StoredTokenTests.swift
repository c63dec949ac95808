import BearerCore
import TestSupport
import Testing

@testable import BearerState

@Suite("StoredToken") struct StoredTokenTests {
    private let stored = StoredToken(
        profile: "default",
        token: .sample(
            "canary\"\\ä", lasting: .milliseconds(3_600_123), generation: 17,
            since: ClockReading(boot: .nanoseconds(12_345_678_901), wall: .nanoseconds(1_700_000_000_123_456_789))),
        bootID: "b007-1d", fingerprint: "f1")

    /// What a descriptor that holds these bytes has for us.
    private func read(_ bytes: [UInt8]) throws(StoredTokenError) -> StoredToken {
        guard let body = Checksum.removed(from: Secret(bytes)) else { throw .damaged }
        return try StoredToken(body)
    }

    @Test("what is written is read back, to the nanosecond")
    func roundTrip() throws {
        #expect(try StoredToken(Secret(stored.encoded())) == stored)
    }

    @Test("one changed bit anywhere makes it no token")
    func damaged() {
        let bytes = Checksum.added(to: stored.encoded())
        for index in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << bit
                #expect(throws: StoredTokenError.damaged, "byte \(index), bit \(bit)") { try read(changed) }
            }
        }
    }

    @Test("a piece of it, or more than it, is no token")
    func cut() {
        let bytes = Checksum.added(to: stored.encoded())
        for length in 0..<bytes.count {
            #expect(throws: StoredTokenError.damaged) { try read(Array(bytes[..<length])) }
        }
        #expect(throws: StoredTokenError.damaged) { try read(bytes + [0x20]) }
    }

    @Test(
        "another version is told apart from damage, and a missing or wrong member is damage",
        arguments: [
            ("\"version\":1", "\"version\":2", StoredTokenError.otherVersion), ("\"version\":1,", "", .otherVersion),
            ("\"generation\":17", "\"generation\":-1", .damaged),
            ("\"generation\":17", "\"generation\":\"17\"", .damaged),
            ("\"lifetime\":3600123000000", "\"lifetime\":0", .damaged), ("\"boot_id\":\"b007-1d\",", "", .damaged),
            ("\"fingerprint\":\"f1\",", "", .damaged), ("\"profile\":\"default\",", "", .damaged),
            ("\"boot\":12345678901", "\"boot\":1.5", .damaged), ("canary\\\"\\\\ä", "", .damaged),
        ])
    func members(found: String, replacement: String, error: StoredTokenError) throws {
        let body = String(decoding: stored.encoded(), as: UTF8.self)
        #expect(body.contains(found))
        let parts = body.split(separator: found, maxSplits: 1, omittingEmptySubsequences: false)
        let changed = parts.joined(separator: replacement)
        #expect(throws: error) { try StoredToken(Secret(changed)) }
    }

    @Test("a fingerprint tells servers, clients and secrets apart")
    func fingerprints() {
        let prints = [("s", "c", "x"), ("t", "c", "x"), ("s", "d", "x"), ("s", "c", "y"), ("s\nc", "", "x")].map {
            StoredToken.fingerprint(
                server: $0, credentials: ClientCredentials(clientID: $1, clientSecret: Secret($2), issuedAt: nil))
        }
        #expect(Set(prints).count == prints.count)
        #expect(prints.allSatisfy { $0.count == 64 && !$0.contains("x") })
    }
}
