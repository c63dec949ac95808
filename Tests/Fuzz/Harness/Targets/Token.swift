import BearerCore

@testable import BearerState

/// A stored token that can be used is the same when it is written and read again.
///
/// The input is taken as it is, and as the rest of a file whose checksum is right.
func fuzzToken(_ input: [UInt8]) {
    for bytes in [input, Array((SHA256.hexadecimal(of: input[...]) + "\n").utf8) + input] {
        guard let stored = read(bytes) else { continue }
        require(read(stored.encoded()) == stored, "a stored token stays the same")
        let now = ClockReading(boot: .seconds(100), wall: .seconds(1_700_000_000))
        require(stored.token.lifetime <= TokenGrant.maximumLifetime, "no lifetime is longer than 30 days")
        _ = stored.token.isServable(at: now)
        _ = stored.token.endOfService
    }
}

private func read(_ bytes: [UInt8]) -> StoredToken? {
    attempt { () throws(StoredTokenError) in try StoredToken(bytes) }
}
