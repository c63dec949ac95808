import BearerCore

@testable import BearerState

/// A stored token that can be used is the same when it is written and read again.
///
/// The input is taken as it is, and as a file that has its checksum before it.
func fuzzToken(_ input: [UInt8]) {
    for body in bodies(of: input) {
        let read = { (body: Secret) in attempt { () throws(StoredTokenError) in try StoredToken(body) } }
        guard let stored = read(body) else { continue }
        require(read(Secret(stored.encoded())) == stored, "a stored token stays the same")
        let now = ClockReading(boot: .seconds(100), wall: .seconds(1_700_000_000))
        require(stored.token.lifetime <= TokenGrant.maximumLifetime, "no lifetime is longer than 30 days")
        _ = stored.token.isServable(at: now)
        _ = stored.token.endOfService
    }
}

/// The reason of a failed start is the same when it is written and read again.
func fuzzFailedStart(_ input: [UInt8]) {
    for body in bodies(of: input) {
        let read = { (body: Secret) in attempt { () throws(StoredTokenError) in try FailedStartStore.Record(body) } }
        guard let record = read(body) else { continue }
        require(read(Secret(record.encoded())) == record, "the reason of a failed start stays the same")
        require(record.boot >= .zero && !record.message.isEmpty, "a failed start has its time and reason")
    }
}

private func bodies(of input: [UInt8]) -> [Secret] {
    [Secret(input), Checksum.removed(from: Secret(input))].compactMap(\.self)
}
